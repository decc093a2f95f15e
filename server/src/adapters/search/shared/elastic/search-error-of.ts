import { SearchError } from '../../../../ports/search/errors.ts'
import type { ElasticAnswer } from './transport.ts'

/** What a server says of what it has not done. */
export interface Refusal {
  readonly type: string
  readonly reason: string
}

const told = 300

/** Of an answer as a whole, or of one part of it. */
export function refusalOf(body: unknown): Refusal {
  const error = isRecord(body) ? (body['error'] ?? body) : body
  if (!isRecord(error)) return { type: '', reason: typeof error === 'string' ? lineOf(error) : '' }
  const [root] = Array.isArray(error['root_cause']) ? (error['root_cause'] as unknown[]) : []
  const cause = isRecord(root) ? root : error
  const reason = textOf(cause['reason']) || textOf(error['reason'])
  return { type: textOf(cause['type']) || textOf(error['type']), reason: lineOf(reason) }
}

/** For a log: no pages of other servers, and no lines of their own. */
function lineOf(text: string): string {
  return /^\s*</.test(text) ? 'a page of HTML' : text.slice(0, told).replace(/\s+/g, ' ').trim()
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Asking again soon may help: it has too much to do. */
export function isBusy({ status, body }: ElasticAnswer): boolean {
  return status === 429 && refusalOf(body).type !== blocked
}

/** There is no index of that name, or it is gone. */
export function isMissing({ status, body }: ElasticAnswer): boolean {
  return status === 404 && gone.has(refusalOf(body).type)
}

const gone: ReadonlySet<string> = new Set(['index_not_found_exception', 'aliases_not_found_exception'])
/** A disk that is nearly full, or somebody who has set it so. */
const blocked = 'cluster_block_exception'
const invalid: ReadonlySet<string> = new Set(['invalid_alias_name_exception', 'invalid_index_name_exception'])
const tooMuch: ReadonlySet<string> = new Set(['too_many_clauses', 'too_many_nested_clauses'])

/** What an answer means that says no. */
export function searchErrorOf(product: string, { status, body }: ElasticAnswer): SearchError {
  const { type, reason } = refusalOf(body)
  const said = [String(status), type, reason].filter((part) => part !== '').join(' ')
  const refused = (what: string): SearchError => new SearchError('refused', `${product} ${what} (${said})`)
  if (status === 401)
    return new SearchError(
      'refused',
      `${product} does not know the user or the key: configure ones that it knows`,
    )
  if (type === blocked)
    return refused('takes no changes: its disk may be full; free some, then take the block from the index')
  if (status === 403)
    return refused(
      'lets this user not do that: give them all rights to the index, and to names that begin with its name',
    )
  if (status === 413) return refused('takes no body as long as that: raise http.max_content_length')
  if (type === 'media_type_header_exception' || status === 406)
    return refused(
      'does not take what this engine sends: it is of another version, or another product; configure that',
    )
  if (invalid.has(type) || type === 'resource_already_exists_exception')
    return new SearchError(
      'foreign',
      `${product} has something else under the name of the index: give another name (${said})`,
    )
  if (tooMuch.has(type) || reason.includes('maxClauseCount'))
    return refused('takes no query of so many parts: raise indices.query.bool.max_clause_count')
  if (reason.startsWith('No mapping found'))
    return new SearchError(
      'foreign',
      `${product} has an index of another form there: it is to be built anew (${said})`,
    )
  if (status === 408) return new SearchError('timeout', `${product} did not answer in time (${said})`)
  if (isMissing({ status, body }))
    return new SearchError('unavailable', `the index of ${product} is not there (${said})`)
  if (status >= 400 && status < 500 && status !== 404 && status !== 429) return refused('refuses it')
  return new SearchError('unavailable', `${product} cannot answer (${said})`)
}
