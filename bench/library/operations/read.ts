import { seededArtifact } from '../../../server/src/core/seed/seeded-artifact.ts'
import { type SeedChoice, seedableKinds } from '../../../server/src/core/seed/seeded-identity.ts'
import { seededIds } from '../../../server/src/core/seed/seeded-ids.ts'
import { pushedKinds } from '../../../server/src/core/seed/seeded-push.ts'
import type { Layer } from '../layers/layer.ts'
import { newPieces } from '../pieces.ts'
import { filledSeed, type Task } from '../task.ts'
import { openLayer } from './open-layer.ts'
import { timed } from './timings.ts'

/** Read in turn: more than caches of single rows have, and all of them in the page cache soon. */
const differentOnes = 2_000

export async function measureRead(
  task: Extract<Task, { do: 'read' }>,
): Promise<Readonly<Record<string, number>>> {
  await using layer = await openLayer(task.layer, task.folder)
  const inMemory = task.layer === 'map' || task.layer === 'lading in memory'
  const ids = inMemory ? await madeIds(layer, task) : idsIn(task.artifacts)
  return await readAll(layer, ids, task.seconds)
}

/** One reader, which waits for each answer. */
export async function readAll(
  layer: Pick<Layer, 'read'>,
  ids: readonly string[],
  seconds: number,
): Promise<{ readonly p95: number; readonly median: number; readonly rate: number }> {
  let next = 0
  const done = await timed(seconds, async (timings) => {
    const id = ids[next++ % ids.length] ?? ''
    const begun = performance.now()
    const { name } = await layer.read(id)
    timings?.add(performance.now() - begun)
    if (typeof name !== 'string') throw new Error(`${id} has no name`)
  })
  return { p95: done.timings.p95, median: done.timings.median, rate: done.timings.count / done.seconds }
}

/** Of artifacts in a filled folder, at places spread evenly over all of them. */
export function idsIn(artifacts: number): readonly string[] {
  const choice: SeedChoice = { artifacts, seed: filledSeed, kinds: seedableKinds }
  const count = Math.min(artifacts, differentOnes)
  return Array.from({ length: count }, (_, at) => Math.floor((at * artifacts) / count)).flatMap((index) => {
    const { kind, versions } = seededArtifact(choice, index)
    return pushedKinds.has(kind) ? [] : [seededIds(choice, index, versions[0].at).artifact]
  })
}

async function madeIds(
  layer: Layer,
  { artifacts }: { readonly artifacts: number },
): Promise<readonly string[]> {
  const ids: string[] = []
  for (const piece of await newPieces(artifacts)) {
    const made = await layer.create(piece)
    ids.push(made ?? String(piece.rows.find(({ table }) => table === 'artifacts')?.row['id']))
  }
  return ids
}
