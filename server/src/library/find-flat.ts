import type { ArtifactFilter, Entry } from '../boot/compose/artifacts.ts'
import type { SearchRequest } from '../boot/compose/searching.ts'
import { matches } from '../core/artifacts/artifact-query.ts'
import { comparePlaces } from '../core/artifacts/streams.ts'
import type { Artifact } from '../domain/artifact.ts'
import type { Page } from './backend-types.ts'
import type { Embedded } from './embedded.ts'
import { writeFlatCursor } from './find-flat-cursor.ts'
import { type FlatFilter, type FlatQuery, writeFlatOffset } from './find-flat-query.ts'
import { flatEntries } from './flat-entries.ts'
import type { FlatArtifact } from './flat-types.ts'
import type { ManagerSearch } from './registry-search.ts'

/** Of what a search engine finds, so many artifacts are looked at: nobody leafs further through what fits less and less. */
export const mostFound = 1_000

/** A page of entries. */
export async function findFlat(
  face: Embedded,
  search: ManagerSearch,
  query: FlatQuery,
): Promise<Page<FlatArtifact>> {
  if (query.text !== undefined) return await findByText(face, search, query)
  const { entries, next } = await face.artifacts.findEntries(query)
  return {
    items: await flatEntries(face, entries),
    ...(next !== undefined && { next: writeFlatCursor(next, query) }),
  }
}

export async function countFlat(face: Embedded, search: ManagerSearch, query: FlatFilter): Promise<number> {
  if (query.text === undefined) return await face.artifacts.countEntries(query)
  return (await entriesByText(face, search, query)).length
}

async function findByText(
  face: Embedded,
  search: ManagerSearch,
  query: FlatQuery,
): Promise<Page<FlatArtifact>> {
  const { offset, limit } = query
  const entries = await entriesByText(face, search, query, query.isSorted ? query : undefined)
  const end = offset + limit
  return {
    items: await flatEntries(face, entries.slice(offset, end)),
    ...(entries.length > end && { next: writeFlatOffset(end) }),
  }
}

async function entriesByText(
  face: Embedded,
  search: ManagerSearch,
  { text = '', filter, which }: FlatFilter,
  ordering?: Pick<FlatQuery, 'order' | 'back'>,
): Promise<readonly Entry[]> {
  const found = await standing(face, await search.findByWords(face, wanted(text, filter)), filter)
  if (ordering !== undefined)
    found.sort((one, other) =>
      comparePlaces(placeOf(one, ordering.order), placeOf(other, ordering.order), ordering),
    )
  if (which === 'standing') return found
  const entries: Entry[] = []
  for (const { artifact } of found) entries.push(...(await versionsOf(face, artifact, which)))
  return entries
}

/** What an engine is asked for. What it does not know, or takes for the same what is another here, is looked at afterwards. */
function wanted(
  text: string,
  { kinds, allTopics, allSkills, namespace }: ArtifactFilter,
): Pick<SearchRequest, 'text' | 'facets' | 'limit'> {
  return {
    text,
    limit: mostFound,
    facets: {
      ...(kinds && { kind: kinds }),
      ...(allTopics && { topic: allTopics }),
      ...(allSkills && { skill: allSkills }),
      ...(namespace !== undefined && { namespace: [namespace] }),
    },
  }
}

/** Without what has gone since it was found, or does not hold any more what was asked for. */
async function standing(
  { artifacts }: Embedded,
  ids: readonly string[],
  filter: ArtifactFilter,
): Promise<Entry[]> {
  const entries = await artifacts.standing(ids)
  return entries.filter((entry) => entry !== undefined).filter(({ artifact }) => matches(artifact, filter))
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
