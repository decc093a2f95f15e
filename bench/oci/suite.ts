import { join } from 'node:path'
import { ab } from '../load/ab.ts'
import { wrk } from '../load/wrk.ts'
import { zb } from '../load/zb.ts'
import type { Suite } from '../session/suite.ts'
import { bare, bareBehind, bareThreaded, sink } from '../targets/bare.ts'
import { distribution, distributionTuned } from '../targets/distribution.ts'
import { lading, ladingFilled } from '../targets/lading.ts'
import { nginx } from '../targets/nginx.ts'
import { zot, zotFlushing, zotTuned } from '../targets/zot.ts'
import { largeRows } from './large-rows.ts'
import { pushRows } from './push-rows.ts'
import { readRows } from './read-rows.ts'
import { startRows } from './start-rows.ts'
import { largeName, smallName } from './target-names.ts'
import { zbRows } from './zb-rows.ts'

export const oci: Suite = {
  name: 'oci',
  title: 'The registry beside others',
  targets: [
    lading,
    bare,
    bareThreaded,
    bareBehind,
    sink,
    distribution,
    distributionTuned,
    zot,
    zotFlushing,
    zotTuned,
    nginx,
    ladingFilled(largeName),
    ladingFilled(smallName),
  ],
  tools: [wrk, ab, zb],
  rows: [...readRows, ...pushRows, ...startRows, ...largeRows, ...zbRows],
  how: [
    'Before a row is measured, every target must answer it with the right status and the right bytes; one that does not is named.',
    'Clients and servers share the machine and talk over the loopback. GETs of small things are made by wrk, HEADs by ab, large downloads and pushes by a client of our own in a process of its own, and what is called zb by the benchmark program of the zot project. Clients cost the same with every target, which makes true ratios larger than those shown, never smaller.',
  ],
  causes: join(import.meta.dirname, 'causes.md'),
}
