import Type, { type TSchema } from 'typebox'

/** What documents of several kinds have in common. */
export const text: TSchema = Type.String({ minLength: 1, maxLength: 10_000 })
export const name: TSchema = Type.String({ minLength: 1, maxLength: 200 })
/** The name of another artifact, as people write it: `[kind:]namespace/name[@range]`. */
export const reference: TSchema = Type.String({ minLength: 1, maxLength: 1_024 })
export const references: TSchema = Type.Array(reference, { maxItems: 1_000 })
export const names: TSchema = Type.Array(name, { maxItems: 1_000 })

/** The members that are named, and no others: a misspelt one is told instead of forgotten. */
export function closed(properties: Record<string, TSchema>): TSchema {
  return Type.Object(properties, { additionalProperties: false })
}

export const optional = (schema: TSchema): TSchema => Type.Optional(schema)
