import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { listAllVersions } from './list-versions.ts'
import { type ArtifactRow, artifacts, type EdgeRow, edges } from './tables.ts'
import { versionWithin } from './version-within.ts'
import { inGroups, type Look, type Place, type WalkLimits, type Way } from './walk.ts'

/** What versions say that they need. */
export function lookAtDependencies(core: Core, { sees }: WalkLimits): Look {
  /** By target and range: what they lead to is the same from wherever. */
  const known = new Map<string, Way>()
  return async (places) => {
    const named = await inGroups(places, async (place) => await edgesOf(core, place))
    const targets = Map.groupBy(
      named.flat().filter((edge) => !known.has(keyOf(edge))),
      ({ target }) => target,
    )
    // A target's versions are read once for all its ranges, and not kept: there may be many.
    await inGroups([...targets], async ([target, some]) => {
      for (const [key, way] of await waysTo(core, target, some, sees)) known.set(key, way)
    })
    return named.map((some) => ({
      ways: some.flatMap((edge) => {
        const way = known.get(keyOf(edge))
        return way === undefined ? [] : [{ ...way, step: { ...way.step, relation: edge.relation } }]
      }),
      cut: false,
    }))
  }
}

function keyOf({ target, range }: EdgeRow): string {
  return `${target} ${range}`
}

async function edgesOf(core: Core, { artifact, version }: Place): Promise<readonly EdgeRow[]> {
  const found: EdgeRow[] = []
  for await (const edge of eachRow(core.store, edges, { eq: [artifact.id, version] })) found.push(edge)
  return found
}

async function waysTo(
  core: Core,
  target: string,
  some: readonly EdgeRow[],
  sees: WalkLimits['sees'],
): Promise<readonly (readonly [string, Way])[]> {
  const artifact = await namedArtifact(core, target, sees)
  const versions = artifact === undefined ? [] : await listAllVersions(core, artifact)
  return some.map((edge) => {
    const { range, relation } = edge
    const step = { name: target, relation, range }
    if (artifact === undefined) return [keyOf(edge), { key: keyOf(edge), step }]
    const found = versionWithin(versions, range)
    if (found === undefined)
      return [keyOf(edge), { key: keyOf(edge), step: { ...step, artifact: artifact.id, unsatisfied: true } }]
    const { version } = found
    const key = `${target}@${version}`
    const place = { key, name: target, artifact, version }
    return [keyOf(edge), { key, step: { ...step, artifact: artifact.id, version }, place }]
  })
}

/**
 * The artifact of a name with its kind. A name without one is another ecosystem's, also where an artifact here happens to be
 * called so: nobody gets ours in its place.
 */
async function namedArtifact(
  core: Core,
  name: string,
  sees: WalkLimits['sees'] = () => true,
): Promise<ArtifactRow | undefined> {
  const match = /^([^/:]+):([^/:]+)\/(.+)$/s.exec(name)
  if (match === null) return undefined
  const [, kind, namespace = '', slug = ''] = match
  const row = await core.store.get(artifacts, { unique: 'slug', values: [namespace, slug] })
  return row?.live && row.kind === kind && (await sees(row)) ? row : undefined
}
