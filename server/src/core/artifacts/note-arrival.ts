import { emptyMetadata } from '../../domain/artifact.ts'
import { newArtifactId } from '../../domain/artifact-id.ts'
import { decodeForeignVersion } from '../../domain/foreign-name.ts'
import type { Manifest } from '../../domain/manifest.ts'
import { mediaTypes } from '../../domain/media-type.ts'
import { namespaceOf, type RepositoryName } from '../../domain/repository-name.ts'
import { isArtifactKind } from '../../domain/reserved-names.ts'
import { isSemver, parseSemver } from '../../domain/semver.ts'
import { semverKey } from '../../domain/semver-key.ts'
import type { Tag } from '../../domain/tag.ts'
import { patch } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import type { PushTarget } from '../content/repositories.ts'
import type { Core } from '../ledger/core.ts'
import { metadataColumns, termsOf } from './artifact-rows.ts'
import { keepArtifact } from './keep-artifact.ts'
import { type ArtifactRow, artifacts, terms } from './tables.ts'

/** A manifest that came with tags by a door that knows no artifacts. */
export interface Arrived {
  readonly repository: RepositoryName
  readonly target: PushTarget
  readonly manifest: Manifest
  readonly tags: readonly Tag[]
  readonly owner: string
}

const helmConfig = 'application/vnd.cncf.helm.config.v1+json'
const imageTypes: ReadonlySet<string> = new Set([
  mediaTypes.ociIndex,
  mediaTypes.dockerManifest,
  mediaTypes.dockerManifestList,
])
const longestTitle = 200

/**
 * What makes a repository an artifact that lists have: a row with its first tag, a new time with every later one. Pushes
 * of different tags do not exclude each other by it.
 */
export async function noteArrival(core: Core, arrived: Arrived): Promise<Change[]> {
  if (arrived.tags.length === 0) return []
  const row = arrived.target.isNew
    ? undefined
    : await core.store.get(artifacts, { unique: 'repository', values: [arrived.target.id] })
  if (row === undefined) return await keepArtifact(core, undefined, await newRow(core, arrived))
  const now = Math.max(core.clock.now(), row.updatedAt)
  const version = highest([row.version, ...versionsIn(arrived.tags)])
  const set = { updatedAt: now, ...(version !== row.version && { version }) }
  const when = { updatedAt: { lte: now } }
  return [
    patch(artifacts, [row.id], { set, when }),
    ...termsOf(row).map(({ field, term }) =>
      patch(terms, [field, term, row.id], { set: { updatedAt: now } }),
    ),
  ]
}

async function newRow(
  core: Core,
  { repository, target, manifest, tags, owner }: Arrived,
): Promise<ArtifactRow> {
  const [first = '', ...rest] = repository.split('/')
  const kind = isArtifactKind(first) ? first : kindOf(manifest)
  const path = isArtifactKind(first) ? rest.slice(1).join('/') : rest.join('/')
  const namespace = namespaceOf(repository)
  const { annotations } = manifest
  const say = (name: string): string =>
    (annotations[`org.opencontainers.image.${name}`] ?? '').slice(0, longestTitle)
  const now = core.clock.now()
  return {
    id: newArtifactId(now, core.random.bytes(10)),
    repository: target.id,
    kind,
    namespace,
    slug: await freeSlug(core, namespace, path, kind),
    owner,
    visibility: 'public',
    ...metadataColumns({
      ...emptyMetadata,
      name: say('title') || path,
      description: say('description'),
      author: say('authors'),
      license: say('licenses'),
      repository: say('source'),
      homepage: say('url'),
      organization: namespace,
    }),
    version: highest(versionsIn(tags)),
    published: true,
    live: true,
    downloads: 0,
    stars: 0,
    views: 0,
    lastAccessedAt: 0,
    createdAt: now,
    updatedAt: now,
    publishedAt: now,
    deletedAt: 0,
  }
}

function kindOf({ mediaType, config, artifactType }: Manifest): string {
  if (config?.mediaType === helmConfig) return 'chart'
  if (imageTypes.has(mediaType)) return 'image'
  return artifactType === undefined || artifactType === mediaTypes.ociConfig ? 'image' : 'file'
}

/** An artifact of another kind may have the name, which a client that pushes by path cannot be asked to change. */
async function freeSlug(core: Core, namespace: string, path: string, kind: string): Promise<string> {
  const taken = async (slug: string): Promise<boolean> =>
    (await core.store.get(artifacts, { unique: 'slug', values: [namespace, slug] })) !== undefined
  if (!(await taken(path))) return path
  const other = `${path}-${kind}`
  return (await taken(other)) ? `${other}-${core.random.uuid().slice(0, 8)}` : other
}

function versionsIn(tags: readonly Tag[]): readonly string[] {
  return tags.map(decodeForeignVersion).filter(isSemver)
}

/** Empty where there is none. */
function highest(versions: readonly string[]): string {
  return versions.filter(isSemver).reduce((best, version) => {
    if (best === '') return version
    return Buffer.compare(semverKey(parseSemver(version)), semverKey(parseSemver(best))) > 0 ? version : best
  }, '')
}
