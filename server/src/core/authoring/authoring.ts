import { isSemver, parseSemver } from '../../domain/semver.ts'
import type { Kind } from '../../kinds/kind.ts'
import { checkText, invalid } from '../artifacts/check-metadata.ts'
import type { Core } from '../ledger/core.ts'
import type { ImmutableTags } from '../policy/immutable-tags.ts'

/** What those work with who make artifacts: beside the core, what may not move. */
export interface Authoring {
  readonly core: Core
  readonly immutable: ImmutableTags
}

/** @throws RegistryError `artifact-invalid`: there is no such kind */
export function kindNamed({ kinds }: Pick<Core, 'kinds'>, name: unknown): Kind {
  const kind = typeof name === 'string' ? kinds.get(name) : undefined
  if (kind !== undefined) return kind
  const known = [...kinds.keys()].join(', ')
  throw invalid('type', `it is none of the kinds that can be registered here: ${known}`)
}

/** @throws RegistryError `artifact-invalid` */
export function versionNamed(version: unknown): string {
  if (typeof version === 'string' && isSemver(version)) return version
  throw invalid('version', 'it is not of the form major.minor.patch of Semantic Versioning 2.0.0')
}

/**
 * The name of a version that is made here. The specification bounds no number, but most programs do, so that they could
 * not choose it; what a client pushes may be named so all the same.
 * @throws RegistryError `artifact-invalid`
 */
export function newVersionNamed(version: unknown): string {
  const named = versionNamed(version)
  const { major, minor, patch } = parseSemver(named)
  if ([major, minor, patch].every((number) => Number(number) <= Number.MAX_SAFE_INTEGER)) return named
  throw invalid('version', `one of its numbers is greater than ${Number.MAX_SAFE_INTEGER}`)
}

/** What an author says of a version. @throws RegistryError `artifact-invalid` */
export function changelogIn(core: Pick<Core, 'limits'>, changelog: unknown): string {
  return checkText(changelog, 'changelog', core.limits.textLength)
}

/** A source as bytes. @throws RegistryError `artifact-invalid` */
export function sourceBytes(source: unknown, limit: number, field = 'source'): Uint8Array {
  if (typeof source !== 'string' && !(source instanceof Uint8Array))
    throw invalid(field, 'it is neither text nor bytes')
  const tooLong = `it has more than ${limit} bytes (limits.sourceBytes)`
  // UTF-8 has at least one byte for each code unit: what is too long is not encoded first.
  if (source.length > limit) throw invalid(field, tooLong)
  if (typeof source !== 'string') return Uint8Array.from(source)
  if (!source.isWellFormed()) throw invalid(field, 'it has half of a character, a lone surrogate')
  const bytes = new TextEncoder().encode(source)
  if (bytes.length > limit) throw invalid(field, tooLong)
  return bytes
}
