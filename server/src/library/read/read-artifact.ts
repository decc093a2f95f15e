import type { CreateArtifact, UpdateArtifact } from '../../boot/compose/artifacts.ts'
import type { Limits } from '../../core/ledger/limits.ts'
import { encodeForeignNamespace } from '../../domain/foreign-name.ts'
import { defaultNamespace, type Namespace } from '../../domain/repository-name.ts'
import { maxTagLength } from '../../domain/tag.ts'
import type { Artifact, ArtifactVersion } from '../backend-types.ts'
import { customIn, documentIn, entriesOf, flagIn, invalid, membersOf, textIn } from './given.ts'

/** The version of an artifact whose author names none. */
const firstVersion = '0.1.0'

const metadataNames = [
  'name',
  'slug',
  'description',
  'version',
  'author',
  'authorEmail',
  'organization',
  'license',
  'repository',
  'homepage',
  'tags',
  'skills',
  'keywords',
  'custom',
] as const
/** What was read has these besides, and may be given back as it is. */
const toldOfArtifact: readonly (keyof Artifact)[] = ['id', 'stats', 'createdAt', 'updatedAt', 'deleted']
const toldOfVersion: readonly (keyof ArtifactVersion)[] = ['artifactId', 'createdAt']
const skillNames = ['name', 'category', 'proficiency'] as const

/** What `create` was given, as the core takes it: that looks at each field once more, and at all of them together. */
export function readNewArtifact(given: unknown, limits: Limits): CreateArtifact {
  const { type, metadata, source, document, published } = membersOf(
    given,
    { field: '', as: 'artifact', passed: toldOfArtifact },
    ['type', 'metadata', 'source', 'document', 'published'],
  )
  if (metadata === undefined) throw invalid('metadata', 'it is needed')
  const { slug, version, said } = readMetadata(metadata, limits)
  return {
    // What it may be is the core's to say.
    kind: type as string,
    namespace: namespaceOf(said.organization, limits),
    slug,
    owner: '',
    visibility: 'public',
    metadata: said,
    document: document === undefined ? undefined : documentIn(document, limits),
    source: sourceIn(source),
    version: version ?? firstVersion,
    changelog: '',
    published: published === undefined ? false : flagIn(published, 'published'),
  }
}

/** What stays, so that it can be given as it is alone; undefined where it was not given. */
export interface Fixed {
  readonly id: unknown
  readonly type: unknown
  readonly slug: string | undefined
  readonly organization: string | undefined
}

/** What `update` was given. */
export function readChanges(
  id: string,
  given: unknown,
  limits: Limits,
): Fixed & { readonly request: UpdateArtifact } {
  const {
    id: named,
    type,
    metadata,
    source,
    document,
    published,
  } = membersOf(given, { field: '', as: 'changes', passed: toldOfArtifact }, [
    'metadata',
    'source',
    'document',
    'published',
    'type',
    'id',
  ])
  const read = metadata === undefined ? undefined : readMetadata(metadata, limits)
  const saysSomething = read !== undefined && Object.keys(read.said).length > 0
  const request = {
    id,
    ...(saysSomething && { metadata: read.said }),
    ...(read?.version !== undefined && { version: read.version }),
    ...(source !== undefined && { source: sourceIn(source) }),
    ...(document !== undefined && { document: documentIn(document, limits) }),
    ...(published !== undefined && { published: flagIn(published, 'published') }),
  }
  const organization = organizationIn(read?.said.organization, limits)
  return { request, id: named, type, slug: read?.slug, organization }
}

/** What `createVersion` was given. */
export function readNewVersion(id: string, given: unknown, limits: Limits): UpdateArtifact {
  const { version, source, document, changelog, published } = membersOf(
    given,
    { field: '', as: 'version', passed: toldOfVersion },
    ['version', 'source', 'document', 'changelog', 'published'],
  )
  return {
    id,
    version: versionIn(version, 'version'),
    source: sourceIn(source),
    ...(document !== undefined && { document: documentIn(document, limits) }),
    ...(changelog !== undefined && { changelog: textIn(changelog, 'changelog', limits.textLength) }),
    published: published === undefined ? false : flagIn(published, 'published'),
  }
}

/** Any text may be asked for; what cannot be one is no question. */
export function idIn(value: unknown, field: string, { titleLength }: Limits): string {
  return textIn(value, field, titleLength)
}

export function versionIn(value: unknown, field: string): string {
  return textIn(value, field, maxTagLength)
}

interface ReadMetadata {
  readonly slug: string | undefined
  readonly version: string | undefined
  /** In the core's words. */
  readonly said: NonNullable<UpdateArtifact['metadata']>
}

function readMetadata(given: unknown, limits: Limits): ReadMetadata {
  const { slug, version, tags, skills, keywords, custom, ...texts } = membersOf(
    given,
    { field: 'metadata', as: 'metadata' },
    metadataNames,
  )
  const { termsPerArtifact } = limits
  const list = (value: unknown, name: string): readonly unknown[] =>
    entriesOf(value, `metadata.${name}`, termsPerArtifact, 'limits.termsPerArtifact')
  return {
    slug: slug === undefined ? undefined : textIn(slug, 'metadata.slug', limits.titleLength),
    version: version === undefined ? undefined : versionIn(version, 'metadata.version'),
    said: {
      ...texts,
      ...(tags !== undefined && { topics: list(tags, 'tags') }),
      ...(skills !== undefined && { skills: list(skills, 'skills').map(readSkill) }),
      ...(keywords !== undefined && { keywords: list(keywords, 'keywords') }),
      ...(custom !== undefined && {
        custom: custom === null ? null : customIn(custom, 'metadata.custom', limits),
      }),
    },
  }
}

function readSkill(given: unknown, at: number): unknown {
  if (typeof given !== 'object' || given === null) return given
  const field = `metadata.skills[${at}]`
  return membersOf(given, { field, as: field }, skillNames)
}

function sourceIn(value: unknown): string {
  if (typeof value !== 'string')
    throw invalid('source', value === undefined ? 'it is needed' : 'it is not text')
  return value
}

/** As it is kept: empty for nobody's. undefined: nothing was said. */
function organizationIn(organization: unknown, { titleLength }: Limits): string | undefined {
  if (organization === undefined) return undefined
  if (organization === null) return ''
  return textIn(organization, 'metadata.organization', titleLength).trim()
}

function namespaceOf(organization: unknown, limits: Limits): Namespace {
  const owner = organizationIn(organization, limits) ?? ''
  if (owner === '') return defaultNamespace
  try {
    return encodeForeignNamespace(owner)
  } catch (error) {
    throw invalid('metadata.organization', 'it is too long for a path once it is written as one', error)
  }
}
