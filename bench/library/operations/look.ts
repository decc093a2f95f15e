import { narrowings } from '../narrowings.ts'
import { sorts, type Task } from '../task.ts'
import { placeAt } from './list.ts'
import { openLayer } from './open-layer.ts'
import { idsIn } from './read.ts'

/** Pages that are looked at: the first, and one that is deep enough to need a place that is right. */
const looked = [0, 3]

/** What a layer answers, as text: all of them must say the same. */
export async function look(task: Extract<Task, { do: 'look' }>): Promise<{ readonly said: string }> {
  await using layer = await openLayer(task.layer, task.folder)
  const said: unknown[] = []
  for (const id of idsIn(task.artifacts).slice(0, 20)) {
    const { name, source } = await layer.read(id)
    said.push([id, name, source])
  }
  if (task.layer !== 'bare get') {
    for (const { by } of narrowings(task.facts)) {
      for (const sort of sorts) {
        for (const pages of looked) {
          const after = await placeAt(layer, { by, sort }, pages * task.pageSize)
          const { items } = await layer.list({
            by,
            sort,
            limit: task.pageSize,
            ...(after !== undefined && { after }),
          })
          said.push(items.map(({ id, name, source }) => [id, name, source.length]))
        }
      }
    }
  }
  return { said: JSON.stringify(said) }
}
