import type { Artifact, ArtifactMetadata, SkillUse, Visibility } from '../../domain/artifact.ts'
import type { ArtifactId } from '../../domain/artifact-id.ts'
import type { Digest } from '../../domain/digest.ts'
import type { JsonObject } from '../../domain/strict-json.ts'
import type { ArtifactRow } from './tables.ts'

/** The columns that say what an artifact's latest version says. */
export type MetadataColumns = Pick<
  ArtifactRow,
  | 'name'
  | 'description'
  | 'author'
  | 'authorEmail'
  | 'organization'
  | 'license'
  | 'sourceRepository'
  | 'homepage'
  | 'language'
  | 'category'
  | 'platformVersion'
  | 'capabilities'
  | 'topics'
  | 'skills'
  | 'keywords'
  | 'custom'
>

export function metadataColumns(metadata: ArtifactMetadata): MetadataColumns {
  const { capabilities, topics, skills, keywords, custom, repository, ...text } = metadata
  return {
    ...text,
    sourceRepository: repository,
    capabilities: JSON.stringify(capabilities),
    topics: JSON.stringify(topics),
    skills: JSON.stringify(skills),
    keywords: JSON.stringify(keywords),
    custom: JSON.stringify(custom),
  }
}

export function metadataOf(row: MetadataColumns): ArtifactMetadata {
  return {
    name: row.name,
    description: row.description,
    author: row.author,
    authorEmail: row.authorEmail,
    organization: row.organization,
    license: row.license,
    repository: row.sourceRepository,
    homepage: row.homepage,
    language: row.language,
    category: row.category,
    platformVersion: row.platformVersion,
    capabilities: listIn(row.capabilities),
    topics: listIn(row.topics),
    skills: listIn(row.skills),
    keywords: listIn(row.keywords),
    custom: JSON.parse(row.custom) as JsonObject,
  }
}

export function artifactOf(row: ArtifactRow): Artifact {
  return {
    id: row.id as ArtifactId,
    kind: row.kind,
    namespace: row.namespace,
    slug: row.slug,
    owner: row.owner,
    visibility: row.visibility as Visibility,
    ...metadataOf(row),
    ...(row.version !== '' && { version: row.version }),
    ...(row.digest !== '' && { digest: row.digest as Digest }),
    ...(row.source !== '' && { source: row.source as Digest }),
    published: row.published,
    deleted: !row.live,
    statistics: {
      downloads: row.downloads,
      stars: row.stars,
      views: row.views,
      ...(row.lastAccessedAt > 0 && { lastAccessedAt: row.lastAccessedAt }),
    },
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    ...(row.publishedAt > 0 && { publishedAt: row.publishedAt }),
    ...(row.deletedAt > 0 && { deletedAt: row.deletedAt }),
  }
}

/** What an artifact is found by, each once: its topics, and the names of its skills. */
export function termsOf(row: Pick<ArtifactRow, 'topics' | 'skills'>): readonly Term[] {
  const topics = new Set(listIn<string>(row.topics))
  const skills = new Set(listIn<SkillUse>(row.skills).map(({ name }) => name))
  return [
    ...[...topics].map((term): Term => ({ field: 'topic', term })),
    ...[...skills].map((term): Term => ({ field: 'skill', term })),
  ]
}

export interface Term {
  readonly field: 'topic' | 'skill'
  readonly term: string
}

function listIn<T>(json: string): readonly T[] {
  return JSON.parse(json) as T[]
}
