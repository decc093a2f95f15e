import type { Wanted } from '../process/find-program.ts'
import type { Target } from '../targets/target.ts'
import type { Row } from './row.ts'

/** A comparison: what is compared, in what. */
export interface Suite {
  readonly name: string
  /** Of its part of the page. */
  readonly title: string
  /** The first is Lading. */
  readonly targets: readonly Target[]
  readonly tools: readonly Wanted[]
  readonly rows: readonly Row[]
  /** What a reader must know of how it is measured, beside what is so in every suite: a paragraph each. */
  readonly how: readonly string[]
  /** The file that says why goals are missed; see `readCauses`. */
  readonly causes?: string
}
