import { isRepositorySegment } from './repository-name.ts'
import { artifactKinds, kindsWithoutPrefix, protocolNames } from './reserved-names.ts'

export const longestKindName = 40

const taken: ReadonlySet<string> = new Set<string>([
  ...artifactKinds,
  ...kindsWithoutPrefix,
  ...protocolNames,
  // Where repositories of one segment go.
  'library',
])

/** Why a kind that somebody adds cannot be called so; undefined: it can. */
export function whyNotKindName(name: string): string | undefined {
  if (name.length > longestKindName) return `its name is longer than ${longestKindName} characters`
  if (!/^[a-z]/.test(name) || !/^[a-z0-9-]*$/.test(name) || !isRepositorySegment(name))
    return 'its name is no word of lower-case letters and digits, with hyphens between them'
  return taken.has(name) ? `${name} is reserved for Lading itself; choose another name` : undefined
}
