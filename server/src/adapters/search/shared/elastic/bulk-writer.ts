import { setTimeout as pause } from 'node:timers/promises'
import { SearchError } from '../../../../ports/search/errors.ts'
import type { WholeChange } from '../../../../ports/search/search.ts'
import { documentKey } from './bounded-term.ts'
import type { Conversation } from './conversation.ts'
import { documentBody } from './document-body.ts'
import type { ElasticSettings } from './options.ts'
import { AnswerReader } from './read-answer.ts'
import { isBusy, isMissing, searchErrorOf } from './search-error-of.ts'

const firstPauseMs = 40

/** Changes documents of an index. */
export class BulkWriter {
  readonly #conversation: Conversation
  readonly #settings: ElasticSettings
  readonly #read: AnswerReader

  constructor(conversation: Conversation, settings: ElasticSettings) {
    this.#conversation = conversation
    this.#settings = settings
    this.#read = new AnswerReader(conversation.product)
  }

  /**
   * All of them, but for those that are older than what is there.
   * @param alias of one index: where that is gone none is made in its place
   * @param isSeen who searches after the answer finds them
   * @returns whether the index is there
   */
  async write(alias: string, changes: readonly WholeChange[], isSeen: boolean): Promise<boolean> {
    const bodies = this.#bodiesOf(changes)
    for (const [at, lines] of bodies.entries())
      if (!(await this.#writeAll(alias, lines, isSeen && at === bodies.length - 1))) return false
    return true
  }

  /** Bodies of a length that the server takes, each change whole. */
  #bodiesOf(changes: readonly WholeChange[]): readonly (readonly string[])[] {
    const bodies: string[][] = []
    let bytes = Number.POSITIVE_INFINITY
    for (const change of changes) {
      const lines = linesOf(change)
      const length = Buffer.byteLength(lines)
      if (bytes + length > this.#settings.bulkBytes) {
        bodies.push([])
        bytes = 0
      }
      bodies.at(-1)?.push(lines)
      bytes += length
    }
    return bodies
  }

  /** Those that it is too busy for once more, a few times. */
  async #writeAll(alias: string, lines: readonly string[], isSeen: boolean): Promise<boolean> {
    let left = lines
    for (let tries = 0; ; tries++) {
      const busy = await this.#writeOnce(alias, left, isSeen)
      if (busy === undefined) return false
      if (busy.length === 0) return true
      if (tries >= this.#settings.retries)
        throw new SearchError('unavailable', `${this.#conversation.product} is too busy for changes`)
      await pause(firstPauseMs * 2 ** tries * (0.5 + Math.random() / 2))
      left = busy
    }
  }

  /** @returns what it was too busy for; undefined where the index is gone */
  async #writeOnce(
    alias: string,
    lines: readonly string[],
    isSeen: boolean,
  ): Promise<readonly string[] | undefined> {
    const { writeTimeoutMs: timeoutMs } = this.#settings
    const parameters = { require_alias: 'true', refresh: String(isSeen), timeout: `${timeoutMs}ms` }
    const answer = await this.#conversation.askIndex(
      { method: 'POST', path: `/${alias}/_bulk`, parameters, lines: lines.join('') },
      { timeoutMs },
    )
    if (answer === undefined) return undefined
    const items = this.#read.list(answer.body, 'items')
    if (items.length !== lines.length)
      throw new SearchError('unavailable', `${this.#conversation.product} has not answered for every change`)
    const outcomes = items.map((item) => this.#outcomeOf(item))
    if (outcomes.includes('gone')) return undefined
    return lines.filter((_, at) => outcomes[at] === 'busy')
  }

  #outcomeOf(item: unknown): 'done' | 'busy' | 'gone' {
    const [body] = Object.values(this.#read.record(item))
    const { error, ...rest } = this.#read.record(body)
    const status = this.#read.count(rest, 'status')
    if (error === undefined && (status < 300 || rest['result'] === 'not_found')) return 'done'
    const answer = { status, body }
    // It has a newer one.
    if (status === 409) return 'done'
    if (isMissing(answer)) return 'gone'
    if (isBusy(answer)) return 'busy'
    throw searchErrorOf(this.#conversation.product, answer)
  }
}

/** What is older changes nothing; the same version is as well as new. */
function linesOf(change: WholeChange): string {
  const { id, version } = change.do === 'put' ? change.document : change
  const kept = { _id: documentKey(id), version, version_type: 'external_gte' }
  return change.do === 'put'
    ? `${JSON.stringify({ index: kept })}\n${JSON.stringify(documentBody(change.document))}\n`
    : `${JSON.stringify({ delete: kept })}\n`
}
