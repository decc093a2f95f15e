import type { CreateArtifact, UpdateArtifact } from '../boot/compose/artifacts.ts'
import type { Limits } from '../core/ledger/limits.ts'
import { visibilities } from '../domain/artifact.ts'
import { canonicalJson } from '../domain/canonical-json.ts'
import { encodeForeignNamespace } from '../domain/foreign-name.ts'
import { defaultNamespace, type Namespace } from '../domain/repository-name.ts'
import { maxTagLength } from '../domain/tag.ts'
import { astFile } from './flat-shape.ts'
import type { FlatVersion } from './flat-types.ts'
import {
  customIn,
  documentIn,
  entriesOf,
  flagIn,
  invalid,
  membersOf,
  oneOf,
  plainObject,
  textIn,
} from './read/given.ts'

/** The version of an artifact whose author names none. */
const firstVersion = '0.1.0'
const astType = 'application/vnd.lading.ast.v1+json'
/** How deep an AST may be nested: chains of calls and of operators are deeper than documents are. */
const astDepth = 1_000

const given = [
  'id',
  'orgId',
  'ownerId',
  'name',
  'slug',
  'type',
  'version',
  'sourceCode',
  'ast',
  'document',
  'metadata',
  'description',
  'tags',
  'skills',
  'visibility',
  'changelog',
  'published',
] as const
/** What was read has these besides, and may be given back as it is. */
const told: readonly (keyof FlatVersion)[] = [
  'isLatest',
  'downloads',
  'stars',
  'createdAt',
  'updatedAt',
  'publishedAt',
  'deletedAt',
  'parent',
  'deprecated',
  'yanked',
  'versionCreatedAt',
]
type Given = { readonly [Name in (typeof given)[number]]?: unknown }

/** What `create` was given, as the core takes it: that looks at each field once more, and at all of them together. */
export function readNewFlat(value: unknown, limits: Limits): CreateArtifact {
  const fields = membersOf(value, { field: '', as: 'artifact', passed: told }, given)
  const { slug, version, ownerId, visibility, changelog, published, ast } = fields
  return {
    kind: fields.type as string,
    namespace: namespaceIn(fields.orgId, limits),
    slug: slug === undefined ? undefined : textIn(slug, 'slug', limits.titleLength),
    owner: ownerId === undefined ? '' : textIn(ownerId, 'ownerId', limits.titleLength),
    visibility: visibility === undefined ? 'public' : oneOf(visibility, 'visibility', visibilities),
    metadata: { ...saidIn(fields, limits), organization: fields.orgId },
    document: fields.document === undefined ? undefined : documentIn(fields.document, limits),
    source: sourceIn(fields.sourceCode),
    ...(ast !== undefined && ast !== null && { files: [astIn(ast, limits)] }),
    version: version === undefined ? firstVersion : textIn(version, 'version', maxTagLength),
    changelog: changelog === undefined ? '' : textIn(changelog, 'changelog', limits.textLength),
    published: published !== undefined && flagIn(published, 'published'),
  }
}

/** What names an artifact, and stays: each may be given as it is. */
export type Fixed = { readonly [Name in 'id' | 'orgId' | 'slug' | 'type']?: unknown }

/** What `update` was given. */
export function readFlatChanges(
  id: string,
  value: unknown,
  limits: Limits,
): { readonly request: UpdateArtifact; readonly fixed: Fixed } {
  const fields = membersOf(value, { field: '', as: 'changes', passed: told }, given)
  const { version, sourceCode, ast, ownerId, visibility, changelog, published } = fields
  const said = saidIn(fields, limits)
  const request: UpdateArtifact = {
    id,
    ...(Object.keys(said).length > 0 && { metadata: said }),
    ...(sourceCode !== undefined && { source: sourceIn(sourceCode) }),
    ...(ast !== undefined && ast !== null && { files: [astIn(ast, limits)] }),
    ...(ast === null && { withoutFiles: [astFile] }),
    ...(fields.document !== undefined && { document: documentIn(fields.document, limits) }),
    filesOfSource: [astFile],
    ...(version !== undefined && { version: textIn(version, 'version', maxTagLength) }),
    ...(changelog !== undefined && { changelog: textIn(changelog, 'changelog', limits.textLength) }),
    ...(published !== undefined && { published: flagIn(published, 'published') }),
    ...(visibility !== undefined && { visibility: oneOf(visibility, 'visibility', visibilities) }),
    ...(ownerId !== undefined && { owner: textIn(ownerId, 'ownerId', limits.titleLength) }),
  }
  const { id: own, orgId, slug, type } = fields
  return { request, fixed: { id: own, orgId, slug, type } }
}

/** @throws ValidationError */
export function namespaceIn(orgId: unknown, { titleLength }: Limits): Namespace {
  if (orgId === undefined) return defaultNamespace
  const owner = textIn(orgId, 'orgId', titleLength).trim()
  if (owner === '') return defaultNamespace
  try {
    return encodeForeignNamespace(owner)
  } catch (error) {
    throw invalid('orgId', 'it is too long for a path once it is written as one', error)
  }
}

/** In the core's words. */
function saidIn(
  { name, description, tags, skills, metadata }: Given,
  limits: Limits,
): NonNullable<UpdateArtifact['metadata']> {
  const { termsPerArtifact } = limits
  const list = (value: unknown, field: string): readonly unknown[] =>
    entriesOf(value, field, termsPerArtifact, 'limits.termsPerArtifact')
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { topics: list(tags, 'tags') }),
    ...(skills !== undefined && { skills: list(skills, 'skills').map(skillIn) }),
    ...(metadata !== undefined && {
      custom: metadata === null ? null : customIn(metadata, 'metadata', limits),
    }),
  }
}

function skillIn(value: unknown, at: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  const field = `skills[${at}]`
  return membersOf(value, { field, as: field }, ['name', 'category', 'proficiency'])
}

function sourceIn(value: unknown): string {
  if (typeof value === 'string') return value
  throw invalid('sourceCode', value === undefined ? 'it is needed' : 'it is not text')
}

/** The same tree makes the same bytes. */
function astIn(value: unknown, { sourceBytes, jsonNodes }: Limits): object {
  const { ast } = plainObject({ ast: value }, 'ast', {
    bytes: sourceBytes,
    bytesLimit: 'sourceBytes',
    depth: astDepth,
    nodes: jsonNodes,
  })
  return { name: astFile, mediaType: astType, bytes: canonicalJson(ast) }
}
