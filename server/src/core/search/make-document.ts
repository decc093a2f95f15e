import { minVersion } from 'semver'
import type { ArtifactMetadata } from '../../domain/artifact.ts'
import type { SearchFacet } from '../../domain/search.ts'
import { isSemver, parseSemver } from '../../domain/semver.ts'
import { semverKey } from '../../domain/semver-key.ts'
import {
  facetKey,
  type IndexChange,
  type SearchDocument,
  type SearchHome,
  type SearchUses,
} from '../../ports/search/search.ts'
import type { Stored } from '../../ports/store/store.ts'
import { metadataOf } from '../artifacts/artifact-rows.ts'
import { authorsIn } from '../artifacts/author.ts'
import { homesOf } from '../artifacts/homes-of.ts'
import { visibilityOf } from '../artifacts/rows-in-sight.ts'
import { type ArtifactRow, artifacts } from '../artifacts/tables.ts'
import type { Core } from '../ledger/core.ts'
import { labelTexts } from './label-texts.ts'
import { shownRows } from './shown-rows.ts'
import { sourceHead } from './source-head.ts'
import { takingTurns } from './taking-turns.ts'
import { fieldWords } from './text/field-words.ts'
import { foldBeginning, foldName } from './text/fold.ts'

/** Words of one field that are found; the source of an artifact may have more than all others together. */
const mostWords = 400
const mostSourceWords = 1_000
/** Beginnings of one name: more words than that has no name. */
const mostBeginnings = 8
/** UTF-16 units of a folded name, and of the beginnings of it. */
export const longestName = 200

/** What the index is to have of some artifacts, as they are now: no id twice. */
export async function changesOf(core: Core, ids: readonly string[]): Promise<readonly IndexChange[]> {
  const rows = await core.store.getMany(
    artifacts,
    ids.map((id) => [id]),
  )
  const found = rows.filter((row) => row !== undefined)
  const documents = new Map((await documentsOf(core, found)).map((document) => [document.id, document]))
  return ids.map((id, at): IndexChange => {
    const document = documents.get(id)
    if (document !== undefined) return { do: 'put', document }
    const row = rows[at]
    // An id is never given again: what is gone for ever is newer than all that was said of it.
    return { do: 'remove', id, version: row === undefined ? Number.MAX_SAFE_INTEGER : row.changes }
  })
}

/** The documents of those that are to be found. */
export async function documentsOf(
  core: Core,
  rows: readonly Stored<ArtifactRow>[],
): Promise<readonly SearchDocument[]> {
  const live = rows.filter((row) => row.live && row.digest !== '')
  const [shown, homes] = await Promise.all([shownRows(core, live), homesOf(core, live)])
  const sources = await Promise.all(shown.map(({ row }) => sourceHead(core, row)))
  const turn = takingTurns(core.clock)
  const documents: SearchDocument[] = []
  for (const [at, { row, deprecated }] of shown.entries()) {
    const home = homes[at]
    // What is purged in this moment has no repository any more.
    if (home !== undefined)
      documents.push(documentOf(row, home, { deprecated: deprecated !== '', source: sources[at] ?? '' }))
    await turn()
  }
  return documents
}

export function documentOf(
  row: ArtifactRow,
  home: SearchHome,
  { deprecated, source }: { readonly deprecated: boolean; readonly source: string },
): SearchDocument {
  const metadata = metadataOf(row)
  const { namespace, slug, name } = { ...row }
  const names = [
    slug,
    `${namespace}/${slug}`,
    `@${namespace}/${slug}`,
    `${row.kind}:${namespace}/${slug}`,
    name,
  ]
  return {
    id: row.id,
    words: {
      name: fieldWords([slug], mostWords),
      title: fieldWords([name], mostWords),
      description: fieldWords([metadata.description], mostWords),
      topics: fieldWords([...labelTexts(metadata), namespace], mostWords),
      source: fieldWords([source], mostSourceWords),
    },
    // `left-pad` is meant by `leftpad` too.
    names: [...new Set([...names, joinedUp(slug), joinedUp(name)].map(foldName))].filter(
      (one) => one !== '' && one.length <= longestName,
    ),
    beginnings: beginningsOf([slug, name, `${namespace}/${slug}`]),
    nameKey: foldName(name || slug)
      .slice(0, longestName)
      .toWellFormed(),
    facets: facetsOf(row, metadata),
    visibility: visibilityOf(row),
    owner: row.owner,
    home,
    ...usesOf(row),
    deprecated,
    platform: platformOf(row.platformVersion),
    version: row.changes,
  }
}

const joinedUp = (text: string): string => text.replace(/[-_.\s]+/gu, '')

/** What an index has of the artifact's uses, for a document that it has. */
export function countOf(row: ArtifactRow): IndexChange {
  return { do: 'count', id: row.id, version: row.changes, ...usesOf(row) }
}

function usesOf(row: ArtifactRow): SearchUses {
  const { downloads, stars, createdAt, updatedAt } = row
  return { numbers: { downloads, stars, createdAt, updatedAt }, weight: weightOf(row) }
}

/** How much an artifact is used: each step of 1 is ten times as much. */
function weightOf({ downloads, stars }: ArtifactRow): number {
  return Math.round(1_000 * Math.log10(1 + downloads + 10 * stars)) / 1_000
}

function facetsOf(row: ArtifactRow, metadata: ArtifactMetadata): Record<SearchFacet, readonly string[]> {
  return {
    kind: labels([row.kind]),
    namespace: labels([row.namespace]),
    topic: labels(metadata.topics),
    skill: labels(metadata.skills.map(({ name }) => name)),
    capability: labels(metadata.capabilities),
    category: labels([row.category]),
    language: labels([row.language]),
    license: labels([row.license]),
    author: labels(authorsIn(metadata)),
    organization: labels([row.organization]),
    publisher: labels([row.owner]),
  }
}

/** Each key once, as it was written first. */
function labels(given: readonly string[]): readonly string[] {
  const byKey = new Map<string, string>()
  for (const label of given)
    if (label !== '' && !byKey.has(facetKey(label))) byKey.set(facetKey(label), label)
  return [...byKey.values()]
}

/** From the start of each word on: who types `pad` may look for `left-pad`. */
function beginningsOf(names: readonly string[]): readonly string[] {
  const found = new Set<string>()
  for (const name of names.map(foldBeginning)) {
    const starts = [...name.matchAll(/(?<![\p{L}\p{N}\p{M}])[\p{L}\p{N}]/gu)].slice(0, mostBeginnings)
    for (const { index } of starts) found.add(name.slice(index, index + longestName).toWellFormed())
  }
  return [...found]
}

/** The least version of a range, as hexadecimal digits that sort as versions do. */
export function platformOf(text: string): string {
  const [only = ''] = text.trim().split(/\s+/, 1)
  const version = isSemver(only) && only === text.trim() ? only : leastOf(text)
  return version === undefined ? '' : Buffer.from(semverKey(parseSemver(version))).toString('hex')
}

function leastOf(range: string): string | undefined {
  try {
    return range.trim() === '' ? undefined : minVersion(range, { loose: true })?.version
  } catch {
    return undefined
  }
}
