import type { JsonObject } from '../domain/strict-json.ts'

/** JSON Schema of a part of a document. A member that has `examples` shows the first where it is told what is wrong. */
export type DocumentSchema = JsonObject

const mostEntries = 1_000

export function text(maxLength = 10_000): DocumentSchema {
  return { type: 'string', minLength: 1, maxLength }
}

/** One line. */
export const name: DocumentSchema = text(200)
export const names: DocumentSchema = { ...listOf(name), uniqueItems: true }
export const texts: DocumentSchema = listOf(text())
export const yesOrNo: DocumentSchema = { type: 'boolean' }

/** The name of another artifact, as people write it: `[kind:]namespace/name[@range]`. Read by `readReference`. */
export const reference: DocumentSchema = {
  title: 'the name of another artifact, such as acme/base@^1.2',
  ...text(1_024),
}
export const references: DocumentSchema = listOf(reference)

export const duration: DocumentSchema = {
  type: 'string',
  pattern: '^[0-9]{1,9}(?:ms|s|m|h|d)$',
  examples: ['30s'],
}

export function count(minimum: number, maximum: number): DocumentSchema {
  return { type: 'integer', minimum, maximum }
}

export function oneOf(...values: readonly string[]): DocumentSchema {
  return { enum: values }
}

export function listOf(items: DocumentSchema, minItems = 0): DocumentSchema {
  return { type: 'array', items, minItems, maxItems: mostEntries }
}

/** Members of any name. */
export function mapOf(additionalProperties: DocumentSchema | true): DocumentSchema {
  return { type: 'object', additionalProperties, propertyNames: name, maxProperties: mostEntries }
}

/** The members that are named, and no others: a misspelt one is told instead of forgotten. */
export function closed(
  properties: Readonly<Record<string, DocumentSchema>>,
  required: readonly string[] = [],
): DocumentSchema {
  return { type: 'object', properties, required, additionalProperties: false }
}
