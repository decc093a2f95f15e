import type { Table } from '../../ports/store/table.ts'

/** What lists of artifacts are ordered by. */
export const artifactOrders = ['name', 'createdAt', 'updatedAt', 'downloads', 'stars', 'views'] as const
export type ArtifactOrder = (typeof artifactOrders)[number]

/**
 * One artifact: a repository that holds versions of one kind. What people find it by is that of its latest version. Lists
 * are JSON. Empty text where something is not known.
 */
export type ArtifactRow = {
  id: string
  /** The id of the repository that holds its versions. */
  repository: string
  kind: string
  namespace: string
  /** Unique in the namespace, whatever the kind. */
  slug: string
  /** The title. */
  name: string
  description: string
  author: string
  authorEmail: string
  organization: string
  owner: string
  license: string
  /** Where its source is developed. */
  sourceRepository: string
  homepage: string
  language: string
  category: string
  platformVersion: string
  capabilities: string
  topics: string
  skills: string
  keywords: string
  custom: string
  visibility: string
  /** The version that it stands at: what whoever names none gets. Empty where its tags name no versions. */
  version: string
  /** Of the manifest that this version is; empty before the first. */
  digest: string
  /** Of the blob that is read as its source; empty where that is the manifest itself. */
  source: string
  /** At least one version is. */
  published: boolean
  /** False once it was deleted, until it is purged or brought back. */
  live: boolean
  /** How often it, or one of its versions, was changed; uses do not count. Of two states of it the one with more is newer. */
  changes: number
  downloads: number
  stars: number
  views: number
  /** How much is done with it, where what was done long ago counts less: see `trend.ts`. */
  trend: number
  /** 0: never. */
  lastAccessedAt: number
  createdAt: number
  updatedAt: number
  /** 0: never. */
  publishedAt: number
  deletedAt: number
}

type OrderColumns = Record<ArtifactOrder, 'text' | 'integer'>

const orderColumns: OrderColumns = {
  name: 'text',
  createdAt: 'integer',
  updatedAt: 'integer',
  downloads: 'integer',
  stars: 'integer',
  views: 'integer',
}

/** One index for each order, named `<name> by <order>` without the blanks. */
function ordered<C extends string>(name: string, ...prefix: C[]): Record<string, (C | ArtifactOrder)[]> {
  return Object.fromEntries(
    artifactOrders.map((order) => [`${name}_${order}`, [...prefix, order] as (C | ArtifactOrder)[]]),
  )
}

export const artifacts: Table<ArtifactRow> = {
  name: 'artifacts',
  columns: {
    id: 'text',
    repository: 'text',
    kind: 'text',
    namespace: 'text',
    slug: 'text',
    description: 'text',
    author: 'text',
    authorEmail: 'text',
    organization: 'text',
    owner: 'text',
    license: 'text',
    sourceRepository: 'text',
    homepage: 'text',
    language: 'text',
    category: 'text',
    platformVersion: 'text',
    capabilities: 'text',
    topics: 'text',
    skills: 'text',
    keywords: 'text',
    custom: 'text',
    visibility: 'text',
    version: 'text',
    digest: 'text',
    source: 'text',
    published: 'boolean',
    live: 'boolean',
    trend: 'real',
    lastAccessedAt: 'integer',
    publishedAt: 'integer',
    deletedAt: 'integer',
    ...orderColumns,
    changes: 'integer',
  },
  key: ['id'],
  unique: { slug: ['namespace', 'slug'], repository: ['repository'] },
  indexes: {
    ...ordered('byOrganization', 'live', 'kind', 'organization'),
    ...ordered('byAuthor', 'live', 'kind', 'author'),
    ...ordered('byKind', 'live', 'published', 'kind'),
    byTrend: ['live', 'trend'],
    byUse: ['lastAccessedAt'],
  },
}

/** A topic, or the name of a skill, that an artifact has; with what the artifact is ordered by. */
export type TermRow = {
  field: 'topic' | 'skill'
  term: string
  artifact: string
  live: boolean
} & Pick<ArtifactRow, ArtifactOrder>

export const terms: Table<TermRow> = {
  name: 'terms',
  columns: { field: 'text', term: 'text', artifact: 'text', live: 'boolean', ...orderColumns },
  key: ['field', 'term', 'artifact'],
  indexes: ordered('byTerm', 'field', 'term', 'live'),
}

/** How many live artifacts have a term. The row stays at 0. */
export type TermCountRow = { field: 'topic' | 'skill'; term: string; artifacts: number }

export const termCounts: Table<TermCountRow> = {
  name: 'term_counts',
  columns: { field: 'text', term: 'text', artifacts: 'integer' },
  key: ['field', 'term'],
}

/**
 * What the tag of a version does not say. The tag is the version's name, its manifest the version's content; a version
 * without a row came from a client that knows only tags.
 */
export type VersionRow = {
  artifact: string
  version: string
  /** `draft`: its tag may move. */
  state: 'draft' | 'published'
  /** The version that it was made from; empty for the first. */
  parent: string
  changelog: string
  /** Empty while neither is said; else why, or a blank. */
  deprecated: string
  yanked: string
  createdAt: number
  publishedAt: number
  by: string
}

export const versions: Table<VersionRow> = {
  name: 'versions',
  columns: {
    artifact: 'text',
    version: 'text',
    state: 'text',
    parent: 'text',
    changelog: 'text',
    deprecated: 'text',
    yanked: 'text',
    createdAt: 'integer',
    publishedAt: 'integer',
    by: 'text',
  },
  key: ['artifact', 'version'],
  indexes: { byTime: ['artifact', 'createdAt'] },
}

/** What a version says that it needs: read from its document. */
export type EdgeRow = {
  artifact: string
  version: string
  relation: string
  /** `kind:namespace/name`, or the foreign name where it is none of ours. */
  target: string
  /** A semver range; empty: any. */
  range: string
}

export const edges: Table<EdgeRow> = {
  name: 'edges',
  columns: { artifact: 'text', version: 'text', relation: 'text', target: 'text', range: 'text' },
  key: ['artifact', 'version', 'relation', 'target'],
  indexes: { byTarget: ['target', 'artifact', 'version'] },
}

/** Somebody has starred an artifact: once. */
export type StarRow = { artifact: string; user: string; at: number }

export const stars: Table<StarRow> = {
  name: 'stars',
  columns: { artifact: 'text', user: 'text', at: 'integer' },
  key: ['artifact', 'user'],
  indexes: { byUser: ['user', 'at'] },
}

/** Artifacts that somebody has put together, in an order of their own. */
export type CollectionRow = {
  id: string
  owner: string
  /** Unique among those of the owner. */
  slug: string
  name: string
  description: string
  visibility: string
  /** Ids of artifacts, as JSON. One that was deleted since is passed over. */
  artifacts: string
  createdAt: number
  updatedAt: number
}

export const collections: Table<CollectionRow> = {
  name: 'collections',
  columns: {
    id: 'text',
    owner: 'text',
    slug: 'text',
    name: 'text',
    description: 'text',
    visibility: 'text',
    artifacts: 'text',
    createdAt: 'integer',
    updatedAt: 'integer',
  },
  key: ['id'],
  unique: { slug: ['owner', 'slug'] },
  indexes: { byOwner: ['owner', 'slug'] },
}
