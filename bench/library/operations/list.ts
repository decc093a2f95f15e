import type { SortField } from '../../../server/src/library/backend-types.ts'
import type { Layer, Narrowed } from '../layers/layer.ts'
import { sorts, type Task } from '../task.ts'
import { openLayer } from './open-layer.ts'
import { Timings, timed } from './timings.ts'

/** Rows of a page on the way to the deep one. */
const walkedAtATime = 100

interface Sorted {
  readonly sort: SortField
  /** Where the deep page begins. */
  readonly deep: unknown
  readonly first: Timings
  readonly later: Timings
}

/** Of each order the first page and a deep one, in turns; of the orders the slowest counts. */
export async function measureList(
  task: Extract<Task, { do: 'list' }>,
): Promise<Readonly<Record<string, number>>> {
  await using layer = await openLayer(task.layer, task.folder)
  return await listAll(layer, task)
}

export async function listAll(
  layer: Pick<Layer, 'list'>,
  { by, pageSize, page, seconds }: Omit<Extract<Task, { do: 'list' }>, 'do' | 'layer' | 'folder'>,
): Promise<Readonly<Record<string, number>>> {
  const all: Sorted[] = []
  for (const sort of sorts) {
    const deep = await placeAt(layer, { by, sort }, pageSize * (page - 1))
    all.push({ sort, deep, first: new Timings(), later: new Timings() })
  }
  const once = async (sort: SortField, after: unknown, timings: Timings | undefined): Promise<void> => {
    const begun = performance.now()
    const { items } = await layer.list({ by, sort, limit: pageSize, ...(after !== undefined && { after }) })
    timings?.add(performance.now() - begun)
    if (items.length === 0) throw new Error(`a page by ${sort} is empty`)
  }
  await timed(seconds, async (timings) => {
    for (const { sort, deep, first, later } of all) {
      await once(sort, undefined, timings && first)
      await once(sort, deep, timings && later)
    }
  })
  const worst = (of: (one: Sorted) => number): number => Math.max(...all.map(of))
  return {
    first: worst(({ first }) => first.p95),
    deep: worst(({ later }) => later.p95),
    depth: worst(({ first, later }) => later.median / first.median),
  }
}

/** After so many rows; less deep where there are not so many. */
export async function placeAt(
  layer: Pick<Layer, 'list'>,
  { by, sort }: { readonly by: Narrowed; readonly sort: SortField },
  rows: number,
): Promise<unknown> {
  let after: unknown
  for (let passed = 0; passed < rows; ) {
    const limit = Math.min(walkedAtATime, rows - passed)
    const { items, next } = await layer.list({ by, sort, limit, ...(after !== undefined && { after }) })
    if (next === undefined) return after
    after = next
    passed += items.length
  }
  return after
}
