import { randomInt } from 'node:crypto'
import { SearchError } from '../../../../ports/search/errors.ts'
import type { Conversation } from './conversation.ts'
import { elasticFormat, indexBody } from './index-body.ts'
import { beat, lastBeat, writtenBy } from './kept-state.ts'
import type { ElasticSettings } from './options.ts'
import { AnswerReader } from './read-answer.ts'
import { isRecord, refusalOf, searchErrorOf } from './search-error-of.ts'
import type { ElasticAnswer, ElasticRequest } from './transport.ts'

/** How often an alias is turned that others turn at the same time. */
const turns = 8
/** Digits of a number that are chance; those before them are ms since 1970. */
const chanceDigits = 6

/** The indices that follow each other behind one alias, `lading-<format>-<number>`; the later ones have larger numbers. */
export class Generations {
  readonly #conversation: Conversation
  readonly #settings: ElasticSettings
  readonly #read: AnswerReader

  constructor(conversation: Conversation, settings: ElasticSettings) {
    this.#conversation = conversation
    this.#settings = settings
    this.#read = new AnswerReader(conversation.product)
  }

  /** An empty one, not yet in its place. No two have ever had the same name. */
  async make(): Promise<string> {
    const { index, now } = this.#settings
    const chance = String(randomInt(10 ** chanceDigits)).padStart(chanceDigits, '0')
    const name = `${index}-${elasticFormat}-${now()}${chance}`
    const answer = await this.#create(name, writtenBy(name))
    if (answer.status >= 400) throw searchErrorOf(this.#conversation.product, answer)
    await beat(this.#conversation, name, this.#settings)
    return name
  }

  /**
   * Puts it in the place of what the alias names, in one step, and removes that. Of two that do so at the same time both have
   * done it, one after the other.
   */
  async turnTo(name: string): Promise<void> {
    const { index: alias } = this.#settings
    for (let turn = 0; turn < turns; turn++) {
      const present = await this.#holders()
      if (present.length === 0) {
        await this.#makeSeat()
        continue
      }
      const actions = [
        // Where it is not there any more somebody else has turned it, and nothing is done.
        ...present.map((index) => ({ remove: { index, alias, must_exist: true } })),
        { add: { index: name, alias } },
      ]
      const isTurned = await this.#ask({
        method: 'POST',
        path: '/_aliases',
        parameters: this.#patience(),
        body: { actions },
      })
      if (isTurned === undefined) continue
      for (const one of present) await this.#tryRemove(one)
      return
    }
    throw new SearchError(
      'unavailable',
      'the index that was built cannot be put in its place: others do so all the time',
    )
  }

  /** Removes it, but not where it is in its place. */
  async giveUp(name: string): Promise<void> {
    if (!(await this.#holders()).includes(name)) await this.#remove(name)
  }

  /** Removes what somebody began and gave up. */
  async tidy(): Promise<void> {
    const { index, now, abandonedMs } = this.#settings
    const own = new RegExp(`^${index}-\\d+-(\\d+)$`)
    const answer = await this.#ask({ method: 'GET', path: `/${index}-*/_alias` })
    for (const [name, body] of Object.entries(this.#read.record(answer?.body ?? {}))) {
      const [, number] = own.exec(name) ?? []
      if (number === undefined || isRecord(this.#read.record(this.#read.in(body, 'aliases'))[index])) continue
      const madeAt = Number(number.slice(0, -chanceDigits))
      const lived = Math.max(madeAt, await lastBeat(this.#conversation, name, this.#settings))
      if (now() - lived >= abandonedMs) await this.#tryRemove(name)
    }
  }

  /** What the alias names: one, where nobody meddles. */
  async #holders(): Promise<readonly string[]> {
    const answer = await this.#ask({ method: 'GET', path: `/_alias/${this.#settings.index}` }, [404])
    if (answer === undefined || answer.status === 404) return []
    return Object.keys(this.#read.record(answer.body))
  }

  /** An empty index that has the alias. Of two that make it one does: there is one to be turned away from, and no more. */
  async #makeSeat(): Promise<void> {
    const name = `${this.#settings.index}-${elasticFormat}-0`
    const answer = await this.#create(name, this.#settings.index)
    if (answer.status < 400) return
    if (refusalOf(answer.body).type !== 'resource_already_exists_exception')
      throw searchErrorOf(this.#conversation.product, answer)
    // Made by somebody else just now, unless its alias was taken from it.
    if ((await this.#holders()).length === 0) await this.#remove(name)
  }

  async #create(name: string, alias: string): Promise<ElasticAnswer> {
    const { mappings } = indexBody
    const settings = { number_of_shards: this.#settings.shards, ...indexBody.settings }
    const body = { settings, mappings, aliases: { [alias]: {} } }
    const request = { method: 'PUT', path: `/${name}`, parameters: this.#patience(), body } as const
    return await this.#conversation.ask(request, { timeoutMs: this.#settings.writeTimeoutMs, accepts: [400] })
  }

  /** What stays lies about until somebody tidies. */
  async #tryRemove(name: string): Promise<void> {
    try {
      await this.#remove(name)
    } catch (error) {
      if (!(error instanceof SearchError)) throw error
    }
  }

  async #remove(name: string): Promise<void> {
    await this.#ask({ method: 'DELETE', path: `/${name}`, parameters: this.#patience() })
  }

  /** Undefined where the index, or the alias, is not there. */
  async #ask(request: ElasticRequest, accepts: readonly number[] = []): Promise<ElasticAnswer | undefined> {
    return await this.#conversation.askIndex(request, { timeoutMs: this.#settings.writeTimeoutMs, accepts })
  }

  #patience(): Readonly<Record<string, string>> {
    return { timeout: `${this.#settings.writeTimeoutMs}ms` }
  }
}
