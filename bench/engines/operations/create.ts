import { createAll } from '../../library/operations/create.ts'
import { newPieces } from '../../library/pieces.ts'
import { openLayer } from '../layers/open-layer.ts'
import type { Measurement, Task } from '../task.ts'

export async function measureCreate(task: Extract<Task, { do: 'create' }>): Promise<Measurement> {
  const pieces = await newPieces(task.pieces)
  await using layer = await openLayer(task.layer, task.url, pieces)
  const { p95, rate } = await createAll(layer, pieces, task)
  return { p95, rate }
}
