import type { GivenBack } from './given-back.ts'
import type { Phase } from './wire.ts'

/** What a kill met: one may meet several. */
export type Met = Phase | 'jobs' | 'nothing'

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

/** For people. */
export function shown({ kills: done, met, interrupted, taken, answers, end, wrong }: CrashReport): string {
  const listed = (counts: ReadonlyMap<string, number>): string =>
    [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none'
  return [
    `kills ${done}: during an upload ${met.upload}, sealing or committing ${met.commit}, in a job ${met.jobs}, between ${met.nothing}`,
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
