import type { Core } from '../ledger/core.ts'
import { nameOf } from './read-version.ts'
import { type ArtifactRow, artifacts, type EdgeRow, edges } from './tables.ts'
import { type Bounds, inGroups, type Look, type Looked, type Way } from './walk.ts'

/** Who says that they need an artifact, at the version at which they stand. */
export function lookAtDependents(core: Core, bounds: Bounds): Look {
  return async (places) => await inGroups(places, async ({ name }) => await dependentsOn(core, name, bounds))
}

/**
 * An artifact has an edge for each of its versions. So pages go on behind the artifact with which one ends, however many
 * versions it has, and of that artifact alone the edge that counts may have to be looked for.
 */
async function dependentsOn(core: Core, target: string, bounds: Bounds): Promise<Looked> {
  // With the first place and every step seen already, one of so many is new: that more are there is known then.
  const most = bounds.count + 2
  const ways: Way[] = []
  let behind: string | undefined
  for (;;) {
    if (bounds.isOver() || ways.length >= most) return { ways, cut: true }
    const { rows, next } = await core.store.find(edges, {
      index: 'byTarget',
      eq: [target],
      limit: core.limits.pageSize,
      ...(behind !== undefined && { beyond: [behind] }),
    })
    const byArtifact = Map.groupBy(rows, ({ artifact }) => artifact)
    const ids = [...byArtifact.keys()]
    const found = await core.store.getMany(
      artifacts,
      ids.map((id) => [id]),
    )
    for (const [at, row] of found.entries()) {
      if (!row?.live || (await bounds.sees?.(row)) === false) continue
      const isWhole = next === undefined || at < found.length - 1
      const edge =
        byArtifact.get(row.id)?.find(({ version }) => version === row.version) ??
        (isWhole ? undefined : await edgeBetween(core, target, row))
      if (edge !== undefined) ways.push(wayFrom(row, edge))
    }
    behind = ids.at(-1)
    if (next === undefined || behind === undefined) return { ways, cut: false }
  }
}

async function edgeBetween(
  core: Core,
  target: string,
  { id, version }: ArtifactRow,
): Promise<EdgeRow | undefined> {
  const query = { index: 'byTarget', eq: [target, id, version], limit: 1 }
  return (await core.store.find(edges, query)).rows[0]
}

function wayFrom(artifact: ArtifactRow, { relation, range }: EdgeRow): Way {
  const [name, { id, version }] = [nameOf(artifact), artifact]
  return {
    key: id,
    step: { name, relation, range, artifact: id, version },
    place: { key: id, name, artifact, version },
  }
}
