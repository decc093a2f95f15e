import type { Layer, Piece } from '../layers/layer.ts'
import { newPieces } from '../pieces.ts'
import type { Task } from '../task.ts'
import { openLayer } from './open-layer.ts'
import { Timings } from './timings.ts'

export async function measureCreate(
  task: Extract<Task, { do: 'create' }>,
): Promise<Readonly<Record<string, number>>> {
  const pieces = await newPieces(task.pieces)
  await using layer = await openLayer(task.layer, task.folder)
  return await createAll(layer, pieces, task)
}

/** What is made before it counts, so that statements are prepared and functions known: a part of all, and no more than that. */
const warmUp = { share: 0.2, most: 160 }

/** Clients that each wait for their own answer, until the time is over or nothing is left to be made. */
export async function createAll(
  layer: Pick<Layer, 'create'>,
  pieces: readonly Piece[],
  { clients, seconds }: { readonly clients: number; readonly seconds: number },
): Promise<{ readonly p95: number; readonly median: number; readonly rate: number }> {
  let next = 0
  const warm = Math.min(warmUp.most, Math.floor(pieces.length * warmUp.share))
  const each = async (until: number, timings: Timings | undefined): Promise<void> => {
    const stop = timings === undefined ? warm : pieces.length
    while (performance.now() < until && next < stop) {
      const piece = pieces[next++] as Piece
      const begun = performance.now()
      await layer.create(piece)
      timings?.add(performance.now() - begun)
    }
  }
  const all = async (until: number, timings?: Timings): Promise<void> => {
    await Promise.all(Array.from({ length: clients }, () => each(until, timings)))
  }
  await all(Number.POSITIVE_INFINITY)
  const timings = new Timings()
  const begun = performance.now()
  await all(begun + seconds * 1000, timings)
  const rate = (timings.count * 1000) / (performance.now() - begun)
  return { p95: timings.p95, median: timings.median, rate }
}
