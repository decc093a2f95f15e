import type { Seed } from '../oci/content.ts'
import type { Program } from '../process/find-program.ts'
import type { Running } from '../process/serve.ts'
import type { Goal } from '../statistics/goal.ts'
import type { Ready } from '../targets/target.ts'

/** Something done to each of its targets in turn, and what is measured of it. */
export interface Row {
  readonly name: string
  /** Names; the first is the one that is compared with the others. */
  readonly targets: readonly string[]
  /** Programs without which it cannot be measured. */
  readonly needs?: readonly string[]
  /** What a reader must know to read the figures. */
  readonly about?: string
  /** What one measurement yields: each is judged, and shown, on its own. */
  readonly figures: readonly Figure[]
  /** Throws WrongAnswer where the target does not do what will be measured. */
  check(target: Measured): Promise<void>
  /** One measurement: a value for each figure, by its id, in its unit. */
  measure(target: Measured, seconds: number): Promise<Values>
  /** How many seconds a measurement takes, roughly; with what comes before it. */
  takes(seconds: number): number
  /** The same for what comes before the first round, for each target. */
  readonly checkTakes: number
}

export interface Figure {
  readonly id: string
  /** Told after the row's name, where it has several. */
  readonly name: string
  readonly unit: string
  readonly better: 'more' | 'less'
  readonly goal?: Goal
}

/** By a figure's id. */
export type Values = Readonly<Record<string, number>>

/** A target, as a row sees it. */
export interface Measured {
  readonly name: string
  readonly ready: Ready
  readonly seed: Seed
  /** The program of that name, which the row needs. */
  program(name: string): Program
  /** Started once for all rows that only read, with the seed in it. */
  standing(): Promise<Running>
  /** What takes too long to be made for each measurement: made at the first call, disposed of when the row is done. */
  once<T extends AsyncDisposable>(make: () => Promise<T>): Promise<T>
}

export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer'
}

/** What a figure is called among those of all rows. */
export function figureName({ name, figures }: Row, figure: Figure): string {
  return figures.length === 1 ? name : `${name}: ${figure.name}`
}
