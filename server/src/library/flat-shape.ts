import type { Entry, VersionText, WholeVersion } from '../boot/compose/artifacts.ts'
import { checkMetadata } from '../core/artifacts/check-metadata.ts'
import type { Limits } from '../core/ledger/limits.ts'
import type { Artifact, ArtifactMetadata, ArtifactVersion } from '../domain/artifact.ts'
import { isRegistryError } from '../domain/error.ts'
import { decodeForeignNamespace } from '../domain/foreign-name.ts'
import { defaultNamespace, type Namespace } from '../domain/repository-name.ts'
import { isJsonObject, type JsonObject, memberOf } from '../domain/strict-json.ts'
import type { FlatArtifact, FlatVersion, JsonValue } from './flat-types.ts'
import { toldSkill } from './told/told-artifact.ts'

/** The file of a version that holds its AST. */
export const astFile = 'ast.json'

/** Whose namespace it is, in the words of whoever named it. */
export function orgIdOf(namespace: string): string {
  return namespace === defaultNamespace ? '' : decodeForeignNamespace(namespace as Namespace)
}

/** A new object each time: whoever gets it may change it. */
export function flatArtifact({ artifact, version }: Entry, { source, file }: VersionText): FlatArtifact {
  return flat(artifact, artifact, version, source, file)
}

/** A version as lists have it: with what the artifact says now. */
export function flatVersion({ artifact, version }: Entry, { source, file }: VersionText): FlatVersion {
  return { ...flat(artifact, artifact, version, source, file), ...ofVersion(version) }
}

/** A version with what it said itself. */
export function flatVersionAsSaid(
  artifact: Artifact,
  version: WholeVersion,
  ast: string | undefined,
  limits: Limits,
): FlatVersion {
  const said = isStanding(artifact, version) ? artifact : saidBy(version.document, artifact, limits)
  const document = memberOf(version.document, 'document')
  return {
    ...flat(artifact, said, version, version.source, ast),
    ...ofVersion(version),
    ...(isJsonObject(document) && { document: document as { readonly [name: string]: JsonValue } }),
  }
}

function flat(
  artifact: Artifact,
  said: ArtifactMetadata,
  version: ArtifactVersion,
  source: string,
  ast: string | undefined,
): FlatArtifact {
  const { deletedAt, statistics } = artifact
  const { publishedAt } = version
  const tree = ast === undefined ? undefined : treeIn(ast)
  return {
    id: artifact.id,
    orgId: orgIdOf(artifact.namespace),
    ownerId: artifact.owner,
    name: said.name,
    slug: artifact.slug,
    type: artifact.kind,
    version: version.version,
    isLatest: isStanding(artifact, version),
    sourceCode: source,
    ...(tree !== undefined && { ast: tree }),
    ...(Object.keys(said.custom).length > 0 && {
      metadata: structuredClone(said.custom) as { readonly [name: string]: JsonValue },
    }),
    ...(said.description !== '' && { description: said.description }),
    tags: [...said.topics],
    skills: said.skills.map(toldSkill),
    visibility: artifact.visibility,
    downloads: statistics.downloads,
    stars: statistics.stars,
    createdAt: new Date(artifact.createdAt),
    updatedAt: new Date(artifact.updatedAt),
    ...(publishedAt !== undefined && { publishedAt: new Date(publishedAt) }),
    ...(deletedAt !== undefined && { deletedAt: new Date(deletedAt) }),
  }
}

function ofVersion(version: ArtifactVersion): Omit<FlatVersion, keyof FlatArtifact> {
  const { state, changelog, parent, deprecated, yanked, createdAt } = version
  return {
    published: state === 'published',
    ...(changelog !== '' && { changelog }),
    ...(parent !== undefined && { parent }),
    ...(deprecated !== undefined && { deprecated }),
    ...(yanked !== undefined && { yanked }),
    versionCreatedAt: new Date(createdAt),
  }
}

function isStanding(artifact: Artifact, { version }: Pick<ArtifactVersion, 'version'>): boolean {
  return version === (artifact.version ?? artifact.digest)
}

/** What came by a door that knows tags alone need not have said anything that could be read. */
function saidBy(document: JsonObject, artifact: Artifact, limits: Limits): ArtifactMetadata {
  if (!Object.hasOwn(document, 'name')) return artifact
  try {
    return checkMetadata(document, limits)
  } catch (error) {
    if (isRegistryError(error, 'artifact-invalid')) return artifact
    throw error
  }
}

/** undefined: another door has put a file of that name there which is no JSON. */
function treeIn(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}
