import type { Seed } from '../oci/content.ts'
import type { Program } from '../process/find-program.ts'
import type { Running } from '../process/serve.ts'
import type { Goal } from '../statistics/goal.ts'
import type { Ready } from '../targets/target.ts'

/** One line of the comparison: something done to each of its targets. */
export interface Row {
  readonly name: string
  readonly unit: string
  readonly better: 'more' | 'less'
  /** Names; the first is the one that is compared with the others. */
  readonly targets: readonly string[]
  /** Programs without which it cannot be measured. */
  readonly needs?: readonly string[]
  readonly goal?: Goal
  /** What a reader must know to read the figures. */
  readonly about?: string
  /** Throws WrongAnswer where the target does not do what will be measured. */
  check(target: Measured): Promise<void>
  /** One measurement, in the row's unit. */
  measure(target: Measured, seconds: number): Promise<number>
}

/** A target, as a row sees it. */
export interface Measured {
  readonly name: string
  readonly ready: Ready
  readonly seed: Seed
  /** The program of that name, which the row needs. */
  program(name: string): Program
  /** Started once for all rows that only read, with the seed in it. */
  standing(): Promise<Running>
}

export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer'
}
