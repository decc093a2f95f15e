import type { Visibility } from '../../domain/artifact.ts'
import type { ArtifactId } from '../../domain/artifact-id.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { isRepositorySegment, type Namespace } from '../../domain/repository-name.ts'
import { isReservedName } from '../../domain/reserved-names.ts'
import type { KindFacts } from '../../kinds/kind.ts'
import { repositoryOfKind } from '../../kinds/repository-of-kind.ts'
import type { Stored } from '../../ports/store/store.ts'
import { metadataColumns } from '../artifacts/artifact-rows.ts'
import { checkDocument } from '../artifacts/check-document.ts'
import { checkMetadata, type GivenMetadata, invalid } from '../artifacts/check-metadata.ts'
import { keepArtifact } from '../artifacts/keep-artifact.ts'
import { numbered, slugOf } from '../artifacts/slug.ts'
import { type ArtifactRow, artifacts, type VersionRow } from '../artifacts/tables.ts'
import { repositoryForPush } from '../content/repositories.ts'
import type { Caller } from '../ledger/caller.ts'
import { together } from '../ledger/together.ts'
import { type Authoring, changelogIn, kindNamed, newVersionNamed, sourceBytes } from './authoring.ts'
import { keepVersion } from './keep-version.ts'
import { stagingVersion } from './stage-version.ts'
import { type VersionContent, versionParts } from './version-content.ts'
import { filesIn } from './version-files.ts'

export interface CreateArtifact {
  readonly kind: string
  readonly namespace: Namespace
  /** Made of the title where none is given. */
  readonly slug: string | undefined
  readonly owner: string
  readonly visibility: Visibility
  readonly metadata: GivenMetadata
  readonly document: unknown
  readonly source: unknown
  /** Beside the source: of `GivenFile`. */
  readonly files?: unknown
  /** Of its first version. */
  readonly version: string
  readonly changelog: string
  readonly published: boolean
}

/** A name that many have wanted gets a number by chance: looking for the next free one would take too long. */
const numbersTried = 50

/**
 * An artifact with its first version, in one change.
 * @throws RegistryError `artifact-invalid`, `artifact-exists`, `quota-exceeded`
 */
export async function createArtifact(
  authoring: Authoring,
  caller: Caller,
  request: CreateArtifact,
): Promise<ArtifactRow> {
  const { core } = authoring
  const { limits } = core
  const kind = kindNamed(core, request.kind)
  const metadata = checkMetadata(request.metadata, limits)
  const version = newVersionNamed(request.version)
  const changelog = changelogIn(core, request.changelog)
  const source = sourceBytes(request.source, limits.sourceBytes)
  const files = filesIn(core, request.files)
  const { document, facts } = await checkDocument(kind, request.document, source, limits)
  const id = core.artifactIds.next(core.clock.now(), core.random.bytes(10))
  for (let taken = 0; ; taken++) {
    const slug = await chooseSlug(authoring, request, metadata.name, taken)
    const { namespace } = request
    const createdAt = core.clock.now()
    const content = { kind, namespace, slug, version, metadata, document, source, files, createdAt }
    try {
      return await make(authoring, caller, { request, id, content, facts, changelog })
    } catch (error) {
      // Somebody else was given the name in between.
      if (!isRegistryError(error, 'artifact-exists') || request.slug !== undefined || taken > numbersTried)
        throw error
    }
  }
}

interface Making {
  readonly request: CreateArtifact
  readonly id: ArtifactId
  readonly content: VersionContent
  readonly facts: KindFacts
  readonly changelog: string
}

async function make(
  authoring: Authoring,
  caller: Caller,
  { request, id, content, facts, changelog }: Making,
): Promise<ArtifactRow> {
  const { core } = authoring
  const { kind, namespace, slug, metadata, version, createdAt } = content
  const { published } = request
  const repository = repositoryOfKind(kind.name, request.namespace, slug)
  const parts = versionParts(content)
  return await stagingVersion(core, caller, parts, async (staged) => {
    return await core.ledger.change(caller, async () => {
      const pushing = repositoryForPush(core, repository)
      // Whether the name is taken is told first.
      pushing.catch(() => {})
      const taken = await bySlug(core, namespace, slug)
      if (taken !== undefined)
        throw new RegistryError('artifact-exists', {
          name: `${namespace}/${slug}`,
          ...(!taken.live && { deleted: true }),
        })
      const target = await pushing
      const publishedAt = published ? createdAt : 0
      const row: ArtifactRow = {
        id,
        repository: target.id,
        kind: kind.name,
        namespace,
        slug,
        owner: request.owner,
        visibility: request.visibility,
        ...metadataColumns(metadata),
        version,
        digest: parts.manifest.digest,
        source: parts.source,
        published,
        live: true,
        changes: 1,
        downloads: 0,
        stars: 0,
        views: 0,
        trend: 0,
        lastAccessedAt: 0,
        createdAt,
        updatedAt: createdAt,
        publishedAt,
        deletedAt: 0,
      }
      const versionRow: VersionRow = {
        artifact: id,
        version,
        state: published ? 'published' : 'draft',
        parent: '',
        changelog,
        deprecated: '',
        yanked: '',
        createdAt,
        publishedAt,
        by: describePrincipal(caller.principal),
      }
      const keptVersion = keepVersion(authoring, caller, {
        target,
        repository,
        staged,
        before: undefined,
        row: versionRow,
        dependencies: facts.dependencies,
        isLatest: published,
      })
      const [effects, kept] = await together([keptVersion, keepArtifact(core, undefined, row)])
      const about = { repository, artifact: id, version }
      return {
        value: row,
        changes: [...effects.changes, ...kept],
        deeds: [{ action: 'artifact.create', repository, target: version }, ...effects.deeds],
        events: [
          { kind: 'artifact.created', ...about },
          ...(published ? [{ kind: 'version.published' as const, ...about }] : []),
          ...effects.events,
        ],
      }
    })
  })
}

async function chooseSlug(
  { core }: Authoring,
  { slug: wanted, kind, namespace }: CreateArtifact,
  title: string,
  taken: number,
): Promise<string> {
  if (wanted !== undefined) {
    if (!isRepositorySegment(wanted) || isReservedName(wanted))
      throw invalid('slug', 'it is not made of lower-case words joined by hyphens, or is a reserved word')
    return wanted
  }
  const slug = await slugOf(title, kind)
  for (let number = 1 + taken; number <= numbersTried; number++) {
    const candidate = numbered(slug, number)
    if ((await bySlug(core, namespace, candidate)) === undefined) return candidate
  }
  return `${slug}-${Buffer.from(core.random.bytes(5)).toString('hex')}`
}

/** An artifact that was deleted keeps its name until it is purged. */
export async function bySlug(
  core: Pick<Authoring['core'], 'store'>,
  namespace: string,
  slug: string,
): Promise<Stored<ArtifactRow> | undefined> {
  return await core.store.get(artifacts, { unique: 'slug', values: [namespace, slug] })
}
