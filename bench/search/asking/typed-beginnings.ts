import { Chance } from '../../../server/src/core/seed/chance.ts'
import { corpusNames } from '../relevance/read-corpus.ts'
import type { Asking } from '../task.ts'

/** After so many letters people have what they wanted, or look for it. */
const letters = 8

/** What is completed while people type names: each from its first letter on. */
export function typedBeginnings({ turn, most }: Asking): readonly string[] {
  const chance = new Chance('typed', turn)
  const all = corpusNames()
  return Array.from({ length: most }, () => all[chance.int(all.length)] ?? '').flatMap((name) =>
    Array.from({ length: Math.min(letters, name.length) }, (_, at) => name.slice(0, at + 1)),
  )
}
