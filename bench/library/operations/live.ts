import { residentMb } from '../../process/resident-mb.ts'
import { newPieces } from '../pieces.ts'
import type { Task } from '../task.ts'
import { createAll } from './create.ts'
import { openLayer } from './open-layer.ts'
import { idsIn, readAll } from './read.ts'

/** What a process does that has a registry of some size: it reads, it creates; and the memory that it has then. */
export async function measureLive(
  task: Extract<Task, { do: 'live' }>,
): Promise<Readonly<Record<string, number>>> {
  await using layer = await openLayer('lading', task.folder)
  const read = await readAll(layer, idsIn(task.artifacts), task.seconds / 2)
  const { clients } = task
  const made = await createAll(layer, await newPieces(task.pieces), { clients, seconds: task.seconds / 2 })
  return { read: read.median, create: made.median, memory: await residentMb(process.pid) }
}
