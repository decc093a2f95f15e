import { SearchError } from '../../../../ports/search/errors.ts'
import type { Conversation } from './conversation.ts'
import { AnswerReader } from './read-answer.ts'
import { isMissing, refusalOf, searchErrorOf } from './search-error-of.ts'
import type { ElasticAnswer } from './transport.ts'

/** Asks the index under its alias. An index that is not there has nothing: then what is answered is undefined. */
export class Searches {
  readonly read: AnswerReader
  readonly #conversation: Conversation
  readonly #alias: string
  readonly #timeoutMs: number

  constructor(conversation: Conversation, alias: string, timeoutMs: number) {
    this.#conversation = conversation
    this.#alias = alias
    this.#timeoutMs = timeoutMs
    this.read = new AnswerReader(conversation.product)
  }

  /** Each of them, by all parts of the index. */
  async all(
    bodies: readonly object[],
    signal: AbortSignal | undefined,
  ): Promise<readonly unknown[] | undefined> {
    const lines = bodies.map((body) => `${wholeOnly}\n${JSON.stringify(body)}\n`).join('')
    const path = `/${this.#alias}/_msearch`
    return await this.#steadily(signal, async () => {
      const answer = await this.#conversation.ask(
        { method: 'POST', path, lines },
        { timeoutMs: this.#timeoutMs, signal },
      )
      const responses = this.read.list(answer.body, 'responses')
      if (responses.length !== bodies.length) throw this.#unanswered()
      const found = responses.map((body) => this.#one(body))
      return found.includes(undefined) ? undefined : found
    })
  }

  async one(body: object, signal: AbortSignal | undefined): Promise<unknown> {
    const found = await this.all([body], signal)
    return found?.[0]
  }

  /** Another question about the index than a search. */
  async about(operation: string, body: object, signal: AbortSignal): Promise<unknown> {
    const path = `/${this.#alias}/${operation}`
    return await this.#steadily(signal, async () => {
      const asking = { timeoutMs: this.#timeoutMs, signal }
      return (await this.#conversation.askIndex({ method: 'POST', path, body }, asking))?.body
    })
  }

  #one(body: unknown): unknown {
    const { status } = this.read.record(body)
    if (status === 200) return this.read.whole(body)
    const answer = { status: typeof status === 'number' ? status : 500, body }
    if (isMissing(answer)) return undefined
    const error = questionErrorOf(searchErrorOf(this.#conversation.product, answer), answer)
    throw passing.has(refusalOf(body).type) ? new SwappedError(error) : error
  }

  /** An index that was just replaced by another one is gone: the other one is there. */
  async #steadily<T>(
    signal: AbortSignal | undefined,
    ask: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    try {
      const found = await ask()
      if (found !== undefined) return found
    } catch (error) {
      if (!(error instanceof SwappedError)) throw error
    }
    signal?.throwIfAborted()
    return await ask()
  }

  #unanswered(): SearchError {
    return new SearchError(
      'unavailable',
      `${this.#conversation.product} has not answered all that it was asked`,
    )
  }
}

/** Of what was found to be wrong with what was asked: it is no matter of others. */
function questionErrorOf(error: SearchError, { status }: ElasticAnswer): SearchError {
  const isQuestion = status === 400 && error.kind === 'refused'
  return isQuestion ? new SearchError('question', error.message, { cause: error }) : error
}

/** Part of an answer is none. */
const wholeOnly = JSON.stringify({ allow_partial_search_results: false })

/** What is said of an index that was removed while it was being searched. */
const passing: ReadonlySet<string> = new Set([
  'search_phase_execution_exception',
  'index_not_found_exception',
  'no_shard_available_action_exception',
  'shard_not_found_exception',
  'index_closed_exception',
  'already_closed_exception',
  'illegal_index_shard_state_exception',
  'search_context_missing_exception',
])

class SwappedError extends SearchError {
  constructor({ kind, message }: SearchError) {
    super(kind, message)
  }
}
