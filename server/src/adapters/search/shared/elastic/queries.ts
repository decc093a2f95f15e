/** A part of the servers' query language. */
export type Query = Readonly<Record<string, unknown>>

export const nothing: Query = { match_none: {} }

/** Whatever one of them finds. */
export function anyOf(queries: readonly Query[]): Query {
  const [only] = queries
  if (only === undefined) return nothing
  return queries.length === 1 ? only : { bool: { should: queries, minimum_should_match: 1 } }
}

/** What all of them find; everything, where there is none. Nothing is scored. */
export function allOf(queries: readonly Query[]): Query {
  return { bool: { filter: queries } }
}

export function oneOfTerms(path: string, values: readonly string[]): Query {
  return values.length === 0 ? nothing : { terms: { [path]: values } }
}
