import { RegistryError } from '../../domain/error.ts'
import type { JsonObject } from '../../domain/strict-json.ts'
import type { Kind, KindFacts } from '../../kinds/kind.ts'
import type { Core } from '../ledger/core.ts'
import type { ImmutableTags } from '../policy/immutable-tags.ts'
import { invalid, plainJson } from './check-metadata.ts'

/** What those work with who make artifacts: beside the core, what can be registered and what may not move. */
export interface Authoring {
  readonly core: Core
  readonly kinds: Kinds
  readonly immutable: ImmutableTags
}

export type Kinds = ReadonlyMap<string, Kind>

/** @throws RegistryError `artifact-invalid`: there is no such kind */
export function kindNamed(kinds: Kinds, name: unknown): Kind {
  const kind = typeof name === 'string' ? kinds.get(name) : undefined
  if (kind !== undefined) return kind
  throw invalid(
    'type',
    `it is none of the kinds that can be registered here: ${[...kinds.keys()].join(', ')}`,
  )
}

/** A source as bytes. @throws RegistryError `artifact-invalid` */
export function sourceBytes(source: unknown, limit: number): Uint8Array {
  if (typeof source !== 'string' && !(source instanceof Uint8Array))
    throw invalid('source', 'it is neither text nor bytes')
  // UTF-8 has at least one byte for each code unit: what is too long is not encoded first.
  if (source.length > limit) throw invalid('source', `it has more than ${limit} bytes`)
  if (typeof source !== 'string') return Uint8Array.from(source)
  if (!source.isWellFormed()) throw invalid('source', 'it has half of a character, a lone surrogate')
  const bytes = new TextEncoder().encode(source)
  if (bytes.length > limit) throw invalid('source', `it has more than ${limit} bytes`)
  return bytes
}

export interface CheckedDocument {
  readonly document: JsonObject | undefined
  readonly facts: KindFacts
}

/** Problems of one document that are told; somebody who mends these asks again. */
const toldProblems = 20

/**
 * The kind's own part of a version's document, and what it says.
 * @throws RegistryError `artifact-invalid`, with the first field that is wrong and what is
 */
export function checkDocument(
  kind: Kind,
  given: unknown,
  source: Uint8Array,
  limits: { readonly bytes: number; readonly depth: number },
): CheckedDocument {
  const document = given === undefined ? undefined : plainJson(given, 'document', limits)
  const text = new TextDecoder().decode(source)
  const [first, ...more] = kind.check(document, text, toldProblems)
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`
    throw new RegistryError('artifact-invalid', {
      field: `document${first.path}`,
      reason: `${first.reason}${others}`,
    })
  }
  return { document, facts: kind.facts(document, text) }
}
