import { join } from 'node:path'
import { ab } from '../load/ab.ts'
import { wrk } from '../load/wrk.ts'
import { zb } from '../load/zb.ts'
import type { Wanted } from '../process/find-program.ts'
import type { Row } from '../session/row.ts'
import { bare, bareBehind, bareThreaded, sink } from '../targets/bare.ts'
import { distribution, distributionTuned } from '../targets/distribution.ts'
import { lading, ladingFilled } from '../targets/lading.ts'
import { nginx } from '../targets/nginx.ts'
import type { Target } from '../targets/target.ts'
import { zot, zotFlushing, zotTuned } from '../targets/zot.ts'
import { largeRows } from './large-rows.ts'
import { pushRows } from './push-rows.ts'
import { readRows } from './read-rows.ts'
import { startRows } from './start-rows.ts'
import { largeName, smallName } from './target-names.ts'
import { zbRows } from './zb-rows.ts'

/** A comparison: what is compared, in what. */
export interface Suite {
  readonly name: string
  /** The first is Lading. */
  readonly targets: readonly Target[]
  readonly tools: readonly Wanted[]
  readonly rows: readonly Row[]
  /** The file that says why goals are missed; see `readCauses`. */
  readonly causes?: string
}

export const oci: Suite = {
  name: 'oci',
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
  causes: join(import.meta.dirname, 'causes.md'),
}
