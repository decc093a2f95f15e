import type { TSchema, Type } from 'typebox'

/** What documents are declared by. It comes as an argument, so that a kind costs nothing until it is used. */
export type Builder = typeof Type
/** Of a part of a document. A member that has `examples` shows the first where it is told what is wrong. */
export type DocumentSchema = TSchema

const mostEntries = 1_000

export function text(t: Builder, maxLength = 10_000): DocumentSchema {
  return t.String({ minLength: 1, maxLength })
}

/** One line. */
export function name(t: Builder): DocumentSchema {
  return text(t, 200)
}

export function names(t: Builder): DocumentSchema {
  return t.Array(name(t), { maxItems: mostEntries, uniqueItems: true })
}

export function texts(t: Builder): DocumentSchema {
  return listOf(t, text(t))
}

/** The name of another artifact, as people write it: `[kind:]namespace/name[@range]`. Read by `readReference`. */
export function reference(t: Builder): DocumentSchema {
  return t.String({
    title: 'the name of another artifact, such as acme/base@^1.2',
    minLength: 1,
    maxLength: 1_024,
  })
}

export function references(t: Builder): DocumentSchema {
  return listOf(t, reference(t))
}

export function duration(t: Builder): DocumentSchema {
  return t.String({ pattern: '^[0-9]{1,9}(?:ms|s|m|h|d)$', examples: ['30s'] })
}

export function count(t: Builder, minimum: number, maximum: number): DocumentSchema {
  return t.Integer({ minimum, maximum })
}

export function listOf(t: Builder, items: DocumentSchema, minItems = 0): DocumentSchema {
  return t.Array(items, { minItems, maxItems: mostEntries })
}

/** Members of any name. */
export function mapOf(t: Builder, values: DocumentSchema): DocumentSchema {
  const anyName = { additionalProperties: values, propertyNames: name(t), maxProperties: mostEntries }
  return t.Object({}, anyName)
}

/** The members that are named, and no others: a misspelt one is told instead of forgotten. */
export function closed(
  t: Builder,
  members: Readonly<Record<string, DocumentSchema>>,
  required: readonly string[] = [],
): DocumentSchema {
  const properties = Object.entries(members).map(([member, schema]): [string, DocumentSchema] => [
    member,
    required.includes(member) ? schema : t.Optional(schema),
  ])
  return t.Object(Object.fromEntries(properties), { additionalProperties: false })
}
