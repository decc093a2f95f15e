import { SearchError } from '../../../../ports/search/errors.ts'

const told = 200

/**
 * Of what a client says that has got no answer, or none that is JSON. The error itself is not passed on: it holds the request,
 * with what it was signed with.
 */
export function reachErrorOf(product: string, error: unknown): SearchError {
  if (error instanceof SyntaxError || (error instanceof Error && error.name === 'DeserializationError'))
    return new SearchError('unavailable', `the answer of ${product} cannot be understood: it is no JSON`)
  const said = error instanceof Error ? error.message || error.name : 'it gives no reason'
  return new SearchError('unavailable', `${product} cannot be reached: ${said.slice(0, told)}`)
}
