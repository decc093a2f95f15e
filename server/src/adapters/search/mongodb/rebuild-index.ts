import { SearchError } from '../../../ports/search/errors.ts'
import type { Mark, Rebuilding, SearchDocument } from '../../../ports/search/search.ts'
import { serverTime } from '../../shared/mongodb-connect.ts'
import {
  createGeneration,
  docsIn,
  dropGeneration,
  generationsIn,
  generationsOf,
  indexFormat,
  isGeneration,
  newGeneration,
  stateIn,
} from './index-collections.ts'
import { indexDocumentOf, vocabularyOf } from './index-document.ts'
import type { SearchConnection } from './search-connection.ts'
import type { SearchLimits, SearchWaits } from './search-options.ts'
import { addWords } from './vocabulary.ts'

interface Settings {
  readonly limits: SearchLimits
  readonly waits: SearchWaits
}

/** Makes the collections of another generation, and throws away those that nobody fills any more. */
export async function beginRebuild(
  connection: SearchConnection,
  { limits, waits }: Settings,
): Promise<Rebuilding> {
  await dropAbandoned(connection, waits)
  const generation = newGeneration()
  await connection.change(async (changing) => {
    // Before there are any collections of it, which would be nobody's else.
    await generationsIn(changing.db).updateOne(
      { _id: generation },
      { $currentDate: { touched: true } },
      { ...changing.options, upsert: true },
    )
    await createGeneration(changing, generation, limits.goneSeconds)
  })
  return new GatheringIndex(connection, generation, limits)
}

class GatheringIndex implements Rebuilding {
  readonly #connection: SearchConnection
  readonly #generation: string
  readonly #limits: SearchLimits
  #isOver = false
  #turn: Promise<unknown> = Promise.resolve()

  constructor(connection: SearchConnection, generation: string, limits: SearchLimits) {
    this.#connection = connection
    this.#generation = generation
    this.#limits = limits
  }

  async add(documents: readonly SearchDocument[]): Promise<void> {
    await this.#inTurn(async () => {
      this.#requireGathering()
      if (documents.length === 0) return
      await this.#touch()
      await this.#connection.change(async (changing) => {
        const words = new Set(documents.flatMap((one) => [...vocabularyOf(one.words)]))
        await addWords(changing, this.#generation, { words, atOnce: this.#limits.wordsAtOnce })
        await docsIn(changing.db, this.#generation).insertMany(documents.map(indexDocumentOf), {
          ...changing.options,
          ordered: false,
        })
      })
    })
  }

  async finish(mark: Mark): Promise<void> {
    await this.#inTurn(async () => {
      this.#requireGathering()
      await this.#touch()
      const generation = this.#generation
      const before = await this.#connection.change(
        async ({ db, options }) =>
          await stateIn(db).findOneAndReplace(
            { _id: 'index' },
            { format: indexFormat, generation, mark, changes: 1 },
            { ...options, upsert: true, returnDocument: 'before' },
          ),
      )
      this.#isOver = true
      // Repeated by the driver, it may be this one that was there before.
      if (isGeneration(before?.generation) && before.generation !== generation)
        await dropLater(this.#connection, before.generation)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#isOver) return
      this.#isOver = true
      await dropLater(this.#connection, this.#generation)
    })
  }

  /** Whoever throws away what is abandoned has done so before, or does not any more. */
  async #touch(): Promise<void> {
    const { matchedCount } = await this.#connection.change(
      async ({ db, options }) =>
        await generationsIn(db).updateOne(
          { _id: this.#generation },
          { $currentDate: { touched: true } },
          options,
        ),
    )
    if (matchedCount === 0)
      throw new SearchError(
        'foreign',
        'what was gathered was taken for abandoned, and thrown away: begin anew',
      )
  }

  #requireGathering(): void {
    this.#connection.requireOpen()
    if (this.#isOver) throw new SearchError('refused', 'this rebuild is over')
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    await turn
  }
}

/** What cannot be dropped now, since the server is away or the right is missing, is dropped by a later rebuild. */
async function dropLater(connection: SearchConnection, generation: string): Promise<void> {
  try {
    await connection.change(async (changing) => {
      const index = await stateIn(changing.db).findOne({ _id: 'index' }, changing.options)
      // Its answer was lost, and it has become the index nevertheless.
      if (index?.generation !== generation) await dropGeneration(changing, generation)
    })
  } catch (error) {
    if (!(error instanceof SearchError)) throw error
  }
}

/** Generations that are not the index, and of which nobody has given a sign of life for long. */
async function dropAbandoned(connection: SearchConnection, waits: SearchWaits): Promise<void> {
  const dropped = await connection.change(async ({ db, options }) => {
    // In this order: who begins a generation tells so before it has collections.
    const there = await db.listCollections({}, { nameOnly: true }).toArray()
    const before = new Date((await serverTime(db)) - waits.abandonedMs)
    const index = await stateIn(db).findOne({ _id: 'index' }, options)
    const told = await generationsIn(db).find({}, options).toArray()
    const silent = told.filter(({ _id }) => _id !== index?.generation)
    const given: string[] = []
    for (const { _id } of silent) {
      const { deletedCount } = await generationsIn(db).deleteOne(
        { _id, $or: [{ touched: { $lte: before } }, { touched: { $exists: false } }] },
        options,
      )
      if (deletedCount === 1) given.push(_id)
    }
    const known = new Set([...told.map(({ _id }) => _id), index?.generation])
    const nobodys = [...generationsOf(there.map(({ name }) => name))].filter((one) => !known.has(one))
    return [...given, ...nobodys]
  })
  for (const generation of dropped) await dropLater(connection, generation)
}
