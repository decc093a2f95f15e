import { RegistryError } from '../../domain/error.ts'
import { namingNearest } from '../../domain/nearest.ts'
import { isArtifactKind } from '../../domain/reserved-names.ts'
import { facetKey } from '../../ports/search/search.ts'

/** Of a name that nobody knows so much is said again. */
const shownName = 40

/**
 * Whoever misspells a kind would be told that there is nothing.
 * @param known names of all kinds that artifacts can have here
 * @throws RegistryError `parameter-invalid`, which names the nearest
 */
export function requireKinds(parameter: string, labels: readonly string[], known: readonly string[]): void {
  const keys = new Set(known.map(facetKey))
  const unknown = labels.find((label) => !keys.has(facetKey(label)) && !isArtifactKind(facetKey(label)))
  if (unknown === undefined) return
  const shown = unknown.length > shownName ? `${unknown.slice(0, shownName).toWellFormed()}…` : unknown
  const reason = `there is no kind “${shown}”; there are ${known.join(', ')}${namingNearest(unknown, known)}`
  throw new RegistryError('parameter-invalid', { parameter, reason })
}
