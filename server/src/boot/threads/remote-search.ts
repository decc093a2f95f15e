import { type ErrorCode, type ErrorData, RegistryError } from '../../domain/error.ts'
import type { Sight } from '../../domain/search.ts'
import { Slots } from '../../domain/slots.ts'
import {
  type SearchFace,
  type SearchRequest,
  type SearchResult,
  type Suggested,
  searchOff,
} from '../compose/searching.ts'

/** What another thread asks the main one, which has the engines. */
export type SearchCall =
  | { readonly call: 'search'; readonly sight: Sight; readonly request: SearchRequest }
  | { readonly call: 'suggest'; readonly sight: Sight; readonly text: string; readonly limit: number }
  | { readonly call: 'lags' }

/** What came of it: plain data, or an error of the registry. */
export type SearchAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly data: unknown }
  | { readonly ok: false; readonly message: string }

/** Done by the thread that has the engines. Never rejects. */
export async function answerSearch(search: SearchFace | undefined, call: SearchCall): Promise<SearchAnswer> {
  try {
    if (search === undefined && call.call === 'lags') return { ok: true, value: [] }
    if (search === undefined) throw searchOff()
    switch (call.call) {
      case 'search':
        return { ok: true, value: await search.search(call.sight, call.request) }
      case 'suggest':
        return { ok: true, value: await search.suggest(call.sight, call.text, call.limit) }
      case 'lags':
        return { ok: true, value: await search.lags() }
    }
  } catch (error) {
    if (error instanceof RegistryError) return { ok: false, code: error.code, data: error.data }
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

/** The search of the main thread, in another one. */
export class RemoteSearch implements SearchFace {
  readonly #post: (ticket: number, call: SearchCall) => void
  readonly #waiting = new Slots<(answer: SearchAnswer) => void>()

  constructor(post: (ticket: number, call: SearchCall) => void) {
    this.#post = post
  }

  async search(sight: Sight, request: SearchRequest): Promise<SearchResult> {
    return (await this.#ask({ call: 'search', sight, request })) as SearchResult
  }

  async suggest(sight: Sight, text: string, limit: number): Promise<Suggested> {
    return (await this.#ask({ call: 'suggest', sight, text, limit })) as Suggested
  }

  async lags(): ReturnType<SearchFace['lags']> {
    return (await this.#ask({ call: 'lags' })) as Awaited<ReturnType<SearchFace['lags']>>
  }

  /** The main thread has answered. */
  answered(ticket: number, answer: SearchAnswer): void {
    this.#waiting.take(ticket)?.(answer)
  }

  async #ask(call: SearchCall): Promise<unknown> {
    const answer = await new Promise<SearchAnswer>((resolve) => this.#post(this.#waiting.put(resolve), call))
    if (answer.ok) return answer.value
    if ('message' in answer) throw new Error(`the main thread could not search: ${answer.message}`)
    throw new RegistryError(answer.code, answer.data as ErrorData[ErrorCode])
  }
}
