import { SearchError } from '../../../../ports/search/errors.ts'
import type { Mark } from '../../../../ports/search/search.ts'
import type { Conversation } from './conversation.ts'
import { kept } from './index-body.ts'
import type { ElasticSettings } from './options.ts'
import { isRecord, refusalOf, searchErrorOf } from './search-error-of.ts'

/** What an index says of itself stands in it as documents of these names. */
const [markKey, lifeKey] = [kept.mark, kept.life]

/** A mark, and where it stands: it is moved there, and only if nobody has moved it since. */
export interface MarkPlace {
  readonly mark: Mark
  readonly index: string
  readonly sequence: number
  readonly term: number
}

/** By this name an index is written to. Where the index is gone it names nothing, and a write makes no new one. */
export function writtenBy(index: string): string {
  return `${index}-w`
}

/** Undefined where there is no index, or none that is ours and whole. */
export async function findMark(
  conversation: Conversation,
  { index, timeoutMs }: Pick<ElasticSettings, 'index' | 'timeoutMs'>,
): Promise<MarkPlace | undefined> {
  const request = { method: 'GET', path: `/${index}/_doc/${markKey}` } as const
  const answer = await conversation.ask(request, { timeoutMs, accepts: [400, 404] })
  const { status, body } = answer
  // Of an alias of several indices none is ours alone.
  if (status === 400 && refusalOf(body).type !== 'illegal_argument_exception')
    throw searchErrorOf(conversation.product, answer)
  if (status === 400) return undefined
  if (!isRecord(body) || (status === 404 && !('found' in body) && !('error' in body)))
    throw new SearchError('unavailable', `the answer of ${conversation.product} cannot be understood (mark)`)
  if (body['found'] !== true) return undefined
  const { _index, _seq_no, _primary_term, _source } = body
  const stored = isRecord(_source) ? _source['stored'] : undefined
  const mark = isRecord(stored) ? stored['mark'] : undefined
  if (typeof _index !== 'string' || typeof _seq_no !== 'number' || typeof _primary_term !== 'number')
    throw new SearchError('unavailable', `the answer of ${conversation.product} cannot be understood (mark)`)
  return typeof mark === 'string'
    ? { mark, index: _index, sequence: _seq_no, term: _primary_term }
    : undefined
}

/** @returns false where somebody else has moved it, or the index is gone */
export async function moveMark(
  conversation: Conversation,
  place: MarkPlace,
  { to, timeoutMs }: { readonly to: Mark; readonly timeoutMs: number },
): Promise<boolean> {
  const parameters = { if_seq_no: String(place.sequence), if_primary_term: String(place.term) }
  const state = { key: markKey, kept: kept.mark, stored: { mark: to } }
  const status = await keep(conversation, place.index, { state, parameters, timeoutMs })
  return status !== undefined && status < 300
}

/** Of an index that was just filled. @returns false where it is gone */
export async function setMark(
  conversation: Conversation,
  index: string,
  { to, timeoutMs }: { readonly to: Mark; readonly timeoutMs: number },
): Promise<boolean> {
  const state = { key: markKey, kept: kept.mark, stored: { mark: to } }
  return (await keep(conversation, index, { state, timeoutMs })) === 201
}

/** A sign that somebody fills an index. @throws SearchError `unavailable` where it is gone */
export async function beat(
  conversation: Conversation,
  index: string,
  { now, writeTimeoutMs: timeoutMs }: Pick<ElasticSettings, 'now' | 'writeTimeoutMs'>,
): Promise<void> {
  const state = { key: lifeKey, kept: kept.life, stored: { at: now() } }
  if ((await keep(conversation, index, { state, timeoutMs })) === undefined)
    throw new SearchError(
      'unavailable',
      'the index was removed while it was built: somebody took it for given up',
    )
}

/** When somebody who fills it gave the last sign, ms since 1970; 0: never. */
export async function lastBeat(
  conversation: Conversation,
  index: string,
  { writeTimeoutMs: timeoutMs }: Pick<ElasticSettings, 'writeTimeoutMs'>,
): Promise<number> {
  const request = { method: 'GET', path: `/${index}/_doc/${lifeKey}` } as const
  const { body } = await conversation.ask(request, { timeoutMs, accepts: [404] })
  const source = isRecord(body) ? body['_source'] : undefined
  const stored = isRecord(source) ? source['stored'] : undefined
  const at = isRecord(stored) ? stored['at'] : undefined
  return typeof at === 'number' ? at : 0
}

interface Keeping {
  readonly state: { readonly key: string; readonly kept: string; readonly stored: object }
  readonly parameters?: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** @returns 200, 201, or 409 where it has changed since; undefined where the index is gone */
async function keep(
  conversation: Conversation,
  index: string,
  { state: { key, ...body }, parameters, timeoutMs }: Keeping,
): Promise<number | undefined> {
  const path = `/${writtenBy(index)}/_doc/${key}`
  const answer = await conversation.askIndex(
    {
      method: 'PUT',
      path,
      parameters: { require_alias: 'true', timeout: `${timeoutMs}ms`, ...parameters },
      body,
    },
    { timeoutMs, accepts: [409] },
  )
  return answer?.status
}
