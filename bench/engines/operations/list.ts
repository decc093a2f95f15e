import { listAll } from '../../library/operations/list.ts'
import { openLayer } from '../layers/open-layer.ts'
import type { Measurement, Task } from '../task.ts'

export async function measureList(task: Extract<Task, { do: 'list' }>): Promise<Measurement> {
  await using layer = await openLayer(task.layer, task.url)
  return await listAll(layer, task)
}
