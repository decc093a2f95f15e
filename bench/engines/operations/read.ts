import { readAll } from '../../library/operations/read.ts'
import { filledIds } from '../filling/filled-ids.ts'
import { openLayer } from '../layers/open-layer.ts'
import type { Measurement, Task } from '../task.ts'

export async function measureRead(task: Extract<Task, { do: 'read' }>): Promise<Measurement> {
  await using layer = await openLayer(task.layer, task.url)
  const { p95, rate } = await readAll(layer, filledIds(task.artifacts), task.seconds)
  return { p95, rate }
}
