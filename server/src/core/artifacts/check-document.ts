import { RegistryError } from '../../domain/error.ts'
import type { JsonObject } from '../../domain/strict-json.ts'
import type { Kind, KindFacts } from '../../kinds/kind.ts'
import type { Limits } from '../ledger/limits.ts'
import { invalid, plainJson } from './check-metadata.ts'

export interface CheckedDocument {
  readonly document: JsonObject | undefined
  readonly facts: KindFacts
}

/** Problems of one document that are told; somebody who mends these asks again. */
const toldProblems = 20

/**
 * The kind's own part of a version's document, and what it says. Where there is none, the kind reads the source, and that
 * is what is wrong.
 * @throws RegistryError `artifact-invalid`, with the first field that is wrong and what is
 */
export async function checkDocument(
  kind: Kind,
  given: unknown,
  source: Uint8Array,
  limits: Pick<Limits, 'documentBytes' | 'customDepth' | 'dependencies'>,
): Promise<CheckedDocument> {
  const document =
    given === undefined
      ? undefined
      : plainJson(given, 'document', { bytes: limits.documentBytes, depth: limits.customDepth })
  const text = new TextDecoder().decode(source)
  const [first, ...more] = await kind.check(document, text, toldProblems)
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`
    throw new RegistryError('artifact-invalid', {
      field: document === undefined ? 'source' : `document${first.path}`,
      reason: `${first.reason}${others}`,
    })
  }
  // One more than it may need, so that too many are seen.
  const facts = kind.facts(document, text, limits.dependencies + 1)
  if (facts.dependencies.length > limits.dependencies)
    throw invalid(
      document === undefined ? 'source' : 'document',
      `it needs more than ${limits.dependencies} others (limits.dependencies)`,
    )
  return { document, facts }
}
