import type { ArtifactFilter, Entry } from '../boot/compose/artifacts.ts'
import { matches } from '../core/artifacts/artifact-query.ts'
import { comparePlaces } from '../core/artifacts/streams.ts'
import type { Artifact } from '../domain/artifact.ts'
import { isArtifactId } from '../domain/artifact-id.ts'
import type { Page } from './backend-types.ts'
import type { Embedded } from './embedded.ts'
import { UnavailableError } from './errors.ts'
import { writeFlatCursor } from './find-flat-cursor.ts'
import { type FlatFilter, type FlatQuery, writeFlatOffset } from './find-flat-query.ts'
import { astFile, flatArtifact } from './flat-shape.ts'
import type { FlatArtifact } from './flat-types.ts'
import { invalid } from './read/given.ts'
import type { SearchEngine, SearchQuery } from './search-engine.ts'

/** Of what a search engine finds, so many artifacts are looked at: nobody leafs further through what fits less and less. */
export const mostFound = 1_000

/** A page of entries. */
export async function findFlat(
  face: Embedded,
  engine: SearchEngine | undefined,
  query: FlatQuery,
): Promise<Page<FlatArtifact>> {
  if (query.text !== undefined) return await findByText(face, engine, query)
  const { entries, next } = await face.artifacts.findEntries(query)
  return {
    items: await flatEntries(face, entries),
    ...(next !== undefined && { next: writeFlatCursor(next, query) }),
  }
}

export async function countFlat(
  face: Embedded,
  engine: SearchEngine | undefined,
  query: FlatFilter,
): Promise<number> {
  if (query.text === undefined) return await face.artifacts.countEntries(query)
  return (await entriesByText(face, engine, query)).length
}

/** What is read of entries, in their order. */
export async function flatEntries(
  { artifacts }: Pick<Embedded, 'artifacts'>,
  entries: readonly Entry[],
): Promise<FlatArtifact[]> {
  const texts = await artifacts.contents(
    entries.map(({ artifact, version }) => ({ kind: artifact.kind, digest: version.digest })),
    astFile,
  )
  return entries.map((entry, at) => flatArtifact(entry, texts[at] ?? { source: '' }))
}

/** What a search engine has found, as it stands now: without what has gone, or does not hold any more what was asked for. */
export async function searched(
  face: Embedded,
  engine: SearchEngine,
  query: SearchQuery,
  filter: ArtifactFilter,
): Promise<readonly Entry[]> {
  const found = await ask(engine, query)
  const ids = [...new Set(found)].filter(isArtifactId).slice(0, query.limit)
  const entries = await face.artifacts.standing(ids)
  return entries.filter((entry) => entry !== undefined).filter(({ artifact }) => matches(artifact, filter))
}

async function ask(engine: SearchEngine, query: SearchQuery): Promise<readonly string[]> {
  let found: unknown
  try {
    found = await engine.find(query)
  } catch (cause) {
    throw new UnavailableError('the search engine failed; its error is the cause', { cause })
  }
  if (Array.isArray(found)) return found.filter((id) => typeof id === 'string')
  throw new UnavailableError('the search engine did not answer with a list of ids')
}

async function findByText(
  face: Embedded,
  engine: SearchEngine | undefined,
  query: FlatQuery,
): Promise<Page<FlatArtifact>> {
  const { offset, limit } = query
  const entries = await entriesByText(face, engine, query, query.isSorted ? query : undefined)
  const end = offset + limit
  return {
    items: await flatEntries(face, entries.slice(offset, end)),
    ...(entries.length > end && { next: writeFlatOffset(end) }),
  }
}

async function entriesByText(
  face: Embedded,
  engine: SearchEngine | undefined,
  { text = '', filter, which }: FlatFilter,
  ordering?: Pick<FlatQuery, 'order' | 'back'>,
): Promise<readonly Entry[]> {
  if (engine === undefined) throw invalid('text', 'the registry was made without a search engine')
  const wanted: SearchQuery = {
    text,
    limit: mostFound,
    ...(filter.kinds && { type: filter.kinds }),
    ...(filter.allTopics && { tags: filter.allTopics }),
    ...(filter.allSkills && { skills: filter.allSkills }),
    ...(filter.visibility && { visibility: filter.visibility }),
  }
  const found = [...(await searched(face, engine, wanted, filter))]
  if (ordering !== undefined)
    found.sort((one, other) =>
      comparePlaces(placeOf(one, ordering.order), placeOf(other, ordering.order), ordering),
    )
  if (which === 'standing') return found
  const entries: Entry[] = []
  for (const { artifact } of found) entries.push(...(await versionsOf(face, artifact, which)))
  return entries
}

function placeOf(
  { artifact }: Entry,
  order: FlatQuery['order'],
): { readonly value: string | number; readonly id: string } {
  const { id, name, createdAt, updatedAt, statistics } = artifact
  return { id, value: { name, createdAt, updatedAt, ...statistics }[order] }
}

async function versionsOf(
  { artifacts }: Embedded,
  artifact: Artifact,
  which: 'all' | 'others',
): Promise<readonly Entry[]> {
  const versions = await artifacts.versions(artifact.id)
  const standing = artifact.version ?? artifact.digest
  return versions
    .filter(({ version }) => which === 'all' || version !== standing)
    .map((version) => ({ artifact, version }))
}
