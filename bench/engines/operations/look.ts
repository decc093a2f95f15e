import { narrowings } from '../../library/narrowings.ts'
import { placeAt } from '../../library/operations/list.ts'
import { sorts } from '../../library/task.ts'
import { filledIds } from '../filling/filled-ids.ts'
import { openLayer } from '../layers/open-layer.ts'
import type { Task } from '../task.ts'

/** Pages that are looked at: the first, and one that is deep enough to need a place that is right. */
const looked = [0, 3]
const readOnes = 20

/** Those that a row measures: two filters each. */
export function twoFilters(...[facts]: Parameters<typeof narrowings>): ReturnType<typeof narrowings> {
  return narrowings(facts).filter(({ by }) => !('topic' in by))
}

/** What a layer answers, as text: all of them must say the same. */
export async function look(
  task: Extract<Task, { do: 'look' }>,
): Promise<{ readonly reads: string; readonly lists: string }> {
  await using layer = await openLayer(task.layer, task.url)
  const reads: unknown[] = []
  for (const id of filledIds(task.artifacts).slice(0, readOnes)) {
    const { name, source } = await layer.read(id)
    reads.push([id, name, source])
  }
  const lists: unknown[] = []
  if (task.layer !== 'store') {
    for (const { by } of twoFilters(task.facts)) {
      for (const sort of sorts) {
        for (const pages of looked) {
          const after = await placeAt(layer, { by, sort }, pages * task.pageSize)
          const place = after === undefined ? {} : { after }
          const { items } = await layer.list({ by, sort, limit: task.pageSize, ...place })
          lists.push(items.map(({ id, name, source }) => [id, name, source.length]))
        }
      }
    }
  }
  return { reads: JSON.stringify(reads), lists: JSON.stringify(lists) }
}
