import type { StarRow } from '../artifacts/tables.ts'
import type { SeededArtifact } from './seeded-artifact.ts'
import { animals } from './words.ts'

/** What was done with an artifact since its last version, at one time: ms since 1970. undefined: nothing. */
export function seededUse(
  { index, statistics, versions }: SeededArtifact,
  id: string,
): { readonly at: number; readonly stars: readonly StarRow[] } | undefined {
  const { views, downloads, stars } = statistics
  if (views + downloads + stars === 0) return undefined
  const at = versions.reduce((last, version) => Math.max(last, version.at), 0)
  const given = Array.from({ length: stars }, (_, number): StarRow => {
    return { artifact: id, user: `${animals[(index + number) % animals.length] ?? ''}-${number + 1}`, at }
  })
  return { at, stars: given }
}
