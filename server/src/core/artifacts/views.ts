import type { Shown, View } from '../../ports/store/table.ts'
import { type ArtifactRow, artifacts } from './tables.ts'

type Column = keyof ArtifactRow & string

const kept = (column: Column): Shown => ({ as: 'kept', column })
const time = (column: Column): Shown => ({ as: 'time', column })

const columns: Readonly<Record<string, Shown>> = {
  id: kept('id'),
  kind: kept('kind'),
  namespace: kept('namespace'),
  slug: kept('slug'),
  title: kept('name'),
  version: kept('version'),
  description: kept('description'),
  author: kept('author'),
  authorEmail: kept('authorEmail'),
  organization: kept('organization'),
  owner: kept('owner'),
  license: kept('license'),
  sourceRepository: kept('sourceRepository'),
  homepage: kept('homepage'),
  language: kept('language'),
  category: kept('category'),
  platformVersion: kept('platformVersion'),
  capabilities: { as: 'list', column: 'capabilities' satisfies Column },
  topics: { as: 'list', column: 'topics' satisfies Column },
  skills: { as: 'list', column: 'skills' satisfies Column, member: 'name' },
  keywords: { as: 'list', column: 'keywords' satisfies Column },
  visibility: kept('visibility'),
  published: kept('published'),
  downloads: kept('downloads'),
  stars: kept('stars'),
  views: kept('views'),
  createdAt: time('createdAt'),
  updatedAt: time('updatedAt'),
  publishedAt: time('publishedAt'),
  lastAccessedAt: time('lastAccessedAt'),
  digest: kept('digest'),
}

/** A row for each artifact that was not deleted, to be read by people. */
export const artifactsFull: View = {
  name: 'artifacts_full',
  of: artifacts.name,
  where: { live: true } satisfies Partial<ArtifactRow>,
  columns,
}

/** The same, of those of which at least one version is published. */
export const artifactsPublished: View = {
  ...artifactsFull,
  name: 'artifacts_published',
  where: { live: true, published: true } satisfies Partial<ArtifactRow>,
}
