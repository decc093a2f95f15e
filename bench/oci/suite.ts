import { ab } from '../load/ab.ts'
import { wrk } from '../load/wrk.ts'
import type { Wanted } from '../process/find-program.ts'
import type { Row } from '../session/row.ts'
import { bare } from '../targets/bare.ts'
import { distribution, distributionTuned } from '../targets/distribution.ts'
import { lading } from '../targets/lading.ts'
import { nginx } from '../targets/nginx.ts'
import type { Target } from '../targets/target.ts'
import { zot, zotFlushing } from '../targets/zot.ts'
import { pushRows } from './push-rows.ts'
import { readRows } from './read-rows.ts'
import { startRows } from './start-rows.ts'

/** A comparison: what is compared, in what. */
export interface Suite {
  readonly name: string
  /** The first is Lading. */
  readonly targets: readonly Target[]
  readonly tools: readonly Wanted[]
  readonly rows: readonly Row[]
}

export const oci: Suite = {
  name: 'oci',
  targets: [lading, bare, distribution, distributionTuned, zot, zotFlushing, nginx],
  tools: [wrk, ab],
  rows: [...readRows, ...pushRows, ...startRows],
}
