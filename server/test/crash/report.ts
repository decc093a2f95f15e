import type { GivenBack } from './given-back.ts'
import { type Phase, phases } from './phases.ts'

/** What a kill met: one may meet several. */
export type Met = Phase | 'nothing'

export interface CrashReport {
  readonly seed: number
  readonly kills: number
  readonly met: Readonly<Record<Met, number>>
  /** By kind, those in whose middle the server died. */
  readonly interrupted: ReadonlyMap<string, number>
  /** By kind, what the scheduled jobs took while the server lived. */
  readonly taken: ReadonlyMap<string, number>
  readonly answers: ReadonlyMap<string, number>
  readonly end: GivenBack | undefined
  /** Empty: nothing was lost. */
  readonly wrong: readonly string[]
}

/** Phases in which no kill has landed: the run says nothing of them. */
export function unmet({ met }: Pick<CrashReport, 'met'>): Phase[] {
  return phases.filter((phase) => met[phase] === 0)
}

/** For people. */
export function shown({ kills: done, met, interrupted, taken, answers, end, wrong }: CrashReport): string {
  const listed = (counts: ReadonlyMap<string, number>): string =>
    [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none'
  return [
    `kills ${done}: ${phases.map((phase) => `${phase} ${met[phase]}`).join(', ')}; outside of all ${met.nothing}`,
    `jobs interrupted: ${listed(interrupted)}`,
    `taken by jobs while the server lived: ${listed(taken)}`,
    `answers: ${listed(answers)}`,
    ...(end === undefined
      ? []
      : [
          `given back in the end: ${end.uploads} uploads, ${end.holdings} holdings, ${end.strays} files without a row, ${end.files} files, ${end.bytes} bytes`,
        ]),
    ...(wrong.length === 0 ? ['nothing was lost'] : wrong.map((one) => `WRONG: ${one}`)),
  ].join('\n')
}
