import { readFileSync } from 'node:fs'
import type { Filters } from './corpus.ts'
import type { Half } from './halves.ts'
import type { Grades } from './measure.ts'
import type { Wish } from './ranker.ts'

export const kinds = ['name', 'misspelling', 'paraphrase', 'facet'] as const
export type Kind = (typeof kinds)[number]

export interface Query extends Wish {
  readonly id: string
  readonly kind: Kind
  readonly filters?: Filters
  readonly half: Half
  readonly grades: Grades
}

/** As they are in the project: a test holds them to the rules. */
export function readQueries(): readonly Query[] {
  return JSON.parse(readFileSync(new URL('queries.json', import.meta.url), 'utf8')) as readonly Query[]
}

/** By query, the names that were judged and are of no use for it. A name in neither place was not judged. */
export function readJudgedZero(): ReadonlyMap<string, readonly string[]> {
  const lines = readFileSync(new URL('judged-zero.txt', import.meta.url), 'utf8').split('\n')
  return new Map(
    lines.flatMap((line) => {
      const [id = '', names = ''] = line.split(': ')
      return id === '' ? [] : [[id, names.split(' ').filter((name) => name !== '')] as const]
    }),
  )
}
