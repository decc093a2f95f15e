import { SearchError } from '../../../../ports/search/errors.ts'
import type { Mark, Rebuilding, SearchDocument } from '../../../../ports/search/search.ts'
import type { BulkWriter } from './bulk-writer.ts'
import type { Conversation } from './conversation.ts'
import { documentsQuery } from './filter-queries.ts'
import type { Generations } from './generations.ts'
import { beat, setMark, writtenBy } from './kept-state.ts'
import type { ElasticSettings } from './options.ts'
import { AnswerReader } from './read-answer.ts'

export interface RebuildingParts {
  readonly conversation: Conversation
  readonly generations: Generations
  readonly writer: BulkWriter
  readonly settings: ElasticSettings
}

export async function beginRebuilding(parts: RebuildingParts): Promise<Rebuilding> {
  await parts.generations.tidy()
  return new IndexRebuilding(parts, await parts.generations.make())
}

class IndexRebuilding implements Rebuilding {
  readonly #parts: RebuildingParts
  readonly #name: string
  readonly #beating: NodeJS.Timeout
  #added = 0
  /** It may be in its place: whoever throws it away may throw away what all search. */
  #isOut = false

  constructor(parts: RebuildingParts, name: string) {
    const { conversation, settings } = parts
    this.#parts = parts
    this.#name = name
    // Where one cannot be given, what is added next cannot be either, and says so.
    this.#beating = setInterval(
      () => void beat(conversation, name, settings).catch(() => {}),
      settings.beatMs,
    )
    this.#beating.unref()
  }

  async add(documents: readonly SearchDocument[]): Promise<void> {
    const changes = documents.map((document) => ({ do: 'put', document }) as const)
    if (!(await this.#parts.writer.write(writtenBy(this.#name), changes, false))) throw this.#gone()
    this.#added += documents.length
  }

  async finish(mark: Mark): Promise<void> {
    const { conversation, generations, settings } = this.#parts
    const timeoutMs = settings.writeTimeoutMs
    await this.#requireAll()
    if (!(await setMark(conversation, this.#name, { to: mark, timeoutMs }))) throw this.#gone()
    clearInterval(this.#beating)
    this.#isOut = true
    await generations.turnTo(this.#name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beating)
    if (this.#isOut) return
    try {
      await this.#parts.generations.giveUp(this.#name)
    } catch (error) {
      // It stays, and is removed with a later building.
      if (!(error instanceof SearchError)) throw error
    }
  }

  /** @throws SearchError where the index has not got what was added */
  async #requireAll(): Promise<void> {
    const { conversation, settings } = this.#parts
    const read = new AnswerReader(conversation.product)
    const asking = { timeoutMs: settings.writeTimeoutMs }
    const path = `/${this.#name}`
    const refreshed = await conversation.askIndex({ method: 'POST', path: `${path}/_refresh` }, asking)
    if (refreshed === undefined) throw this.#gone()
    const body = { query: documentsQuery }
    const counted = await conversation.askIndex({ method: 'POST', path: `${path}/_count`, body }, asking)
    if (counted === undefined) throw this.#gone()
    const found = read.count(counted.body, 'count')
    if (found !== this.#added)
      throw new SearchError(
        'unavailable',
        `the index that was built has ${found} documents of ${this.#added}: it is to be built again`,
      )
  }

  #gone(): SearchError {
    return new SearchError('unavailable', 'the index that is being built was removed by somebody')
  }
}
