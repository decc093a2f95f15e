import { compareText } from '../../domain/compare-text.ts'
import type { Cursor, Find, Stored } from '../../ports/store/store.ts'
import type { Table, Value } from '../../ports/store/table.ts'
import type { Core } from '../ledger/core.ts'
import { type ArtifactOrder, type ArtifactRow, artifacts, type TermRow, terms } from './tables.ts'

/** Where a list stands: what the last row was ordered by, and its id. It fits every stream of that order. */
export interface Place {
  readonly value: string | number
  readonly id: string
}

/** A prefix of an index that is in the wanted order. */
export type Stream =
  | { readonly table: 'artifacts'; readonly index: string; readonly eq: readonly Value[] }
  | { readonly table: 'terms'; readonly index: string; readonly eq: readonly Value[] }

export interface Ordering {
  readonly order: ArtifactOrder
  readonly back: boolean
}

/** An artifact that a stream has come to; its row where the stream had it. */
export interface Passed {
  readonly place: Place
  readonly row?: Stored<ArtifactRow>
}

/**
 * Several streams as one, in their order, and each artifact once: those that are in more than one stand side by side.
 * Reads on while it is asked for more.
 */
export async function* merged(
  core: Pick<Core, 'store'>,
  streams: readonly Stream[],
  ordering: Ordering,
  from: { readonly after: Place | undefined; readonly perRead: number },
): AsyncGenerator<Passed> {
  const heads = streams.map((stream) => new Head(core, stream, ordering, from))
  await Promise.all(heads.map((head) => head.fill()))
  let last: Place | undefined
  for (;;) {
    const next = first(heads, ordering)
    if (next === undefined) return
    const passed = next.take()
    if (next.isEmpty) await next.fill()
    if (last !== undefined && passed.place.id === last.id) continue
    last = passed.place
    yield passed
  }
}

/** With many streams a list is still short: comparing all their heads is quicker than keeping a heap in order. */
function first(heads: readonly Head[], ordering: Ordering): Head | undefined {
  let best: Head | undefined
  for (const head of heads) {
    if (head.top === undefined) continue
    if (best?.top === undefined || comparePlaces(head.top.place, best.top.place, ordering) < 0) best = head
  }
  return best
}

export function comparePlaces(one: Place, other: Place, { back }: Ordering): number {
  const order = compareValues(one.value, other.value) || compareText(one.id, other.id)
  return back ? -order : order
}

function compareValues(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return compareText(String(one), String(other))
}

/** What has been read of one stream and not been taken yet. */
class Head {
  readonly #core: Pick<Core, 'store'>
  readonly #stream: Stream
  readonly #order: ArtifactOrder
  readonly #query: Find
  #read: readonly Passed[] = []
  #at = 0
  #next: Cursor | undefined
  #ended = false

  constructor(
    core: Pick<Core, 'store'>,
    stream: Stream,
    { order, back }: Ordering,
    { after, perRead }: { readonly after: Place | undefined; readonly perRead: number },
  ) {
    this.#core = core
    this.#stream = stream
    this.#order = order
    this.#query = {
      index: stream.index,
      eq: stream.eq,
      back,
      limit: perRead,
      from: 'replica',
      ...(after !== undefined && { beyond: [after.value, after.id] }),
    }
  }

  get top(): Passed | undefined {
    return this.#read[this.#at]
  }

  get isEmpty(): boolean {
    return this.#at >= this.#read.length
  }

  take(): Passed {
    const passed = this.#read[this.#at++]
    if (passed === undefined) throw new Error('nothing was read')
    return passed
  }

  async fill(): Promise<void> {
    if (this.#ended) return
    const { store } = this.#core
    const query = { ...this.#query, ...(this.#next !== undefined && { after: this.#next }) }
    const page =
      this.#stream.table === 'artifacts' ? await store.find(artifacts, query) : await store.find(terms, query)
    this.#read = page.rows.map((row) => this.#passed(row))
    this.#at = 0
    this.#next = page.next
    this.#ended = page.next === undefined
  }

  #passed(row: Stored<ArtifactRow> | Stored<TermRow>): Passed {
    const value = row[this.#order]
    return 'artifact' in row ? { place: { value, id: row.artifact } } : { place: { value, id: row.id }, row }
  }
}

/** How many rows the streams have together, counted no further than `limit`. */
export async function countStreams(
  core: Pick<Core, 'store'>,
  streams: readonly Stream[],
  limit: number,
): Promise<number> {
  let sum = 0
  for (const { table, index, eq } of streams) {
    const of: Table = table === 'artifacts' ? (artifacts as Table) : (terms as Table)
    sum += await core.store.count(of, { index, eq, upTo: limit - sum })
    if (sum >= limit) return limit
  }
  return sum
}
