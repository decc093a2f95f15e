import type { ArtifactMetadata, Visibility } from '../../domain/artifact.ts'
import { RegistryError } from '../../domain/error.ts'
import { encodeForeignVersion } from '../../domain/foreign-name.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { parseSemver } from '../../domain/semver.ts'
import { isJsonObject, type JsonObject, memberOf } from '../../domain/strict-json.ts'
import type { Stored } from '../../ports/store/store.ts'
import { metadataColumns, metadataOf } from '../artifacts/artifact-rows.ts'
import { keepArtifact } from '../artifacts/keep-artifact.ts'
import { getVersionRow, nameOf, readVersion } from '../artifacts/read-version.ts'
import { repositoryOf, requireArtifact } from '../artifacts/require-artifact.ts'
import type { ArtifactRow, VersionRow } from '../artifacts/tables.ts'
import { getTag, liveDigest } from '../catalog/move-tag.ts'
import { repositoryForPush } from '../content/repositories.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { type Authoring, checkDocument, kindNamed, sourceBytes } from './authoring.ts'
import { checkMetadata, type GivenMetadata, invalid } from './check-metadata.ts'
import { keepVersion } from './keep-version.ts'
import { stagingVersion } from './stage-version.ts'
import { versionParts } from './version-content.ts'

export interface UpdateArtifact {
  readonly id: string
  /** Merged deeply into what is there: members of objects one by one, lists and plain values as a whole. */
  readonly metadata?: GivenMetadata
  readonly document?: unknown
  readonly source?: unknown
  /** Another one than the artifact has now is a new version, made from that. */
  readonly version?: string
  readonly changelog?: string
  /** Of the version that this makes or changes; a published one does not become a draft again. */
  readonly published?: boolean
  readonly visibility?: Visibility
  readonly owner?: string
}

/**
 * Changes a draft, or makes a new version. What is published keeps its content; what is said of it can change.
 * @throws RegistryError `artifact-unknown`, `artifact-invalid`, `version-exists`, `version-published`
 */
export async function updateArtifact(
  authoring: Authoring,
  caller: Caller,
  request: UpdateArtifact,
): Promise<ArtifactRow> {
  const { core } = authoring
  const before = await requireArtifact(core, request.id)
  const kind = kindNamed(authoring.kinds, before.kind)
  const current = await readVersion(core, before, before.version)
  const metadata = checkMetadata(mergedMetadata(metadataOf(before), request.metadata), core.limits)
  const version = request.version ?? before.version
  parseSemver(version)
  const source =
    request.source === undefined ? current.source : sourceBytes(request.source, core.limits.sourceBytes)
  const { document, facts } = checkDocument(
    kind,
    mergedDocument(memberOf(current.document, 'document'), request.document),
    source,
    { bytes: core.limits.documentBytes, depth: core.limits.customDepth },
  )
  const now = core.clock.now()
  const isNew = version !== before.version
  const old = await getVersionRow(core, before.id, version)
  const createdAt = old?.createdAt ?? now
  const { namespace, slug } = before
  const parts = versionParts({ kind, namespace, slug, version, metadata, document, source, createdAt })
  const repository = repositoryOf(before)
  const isFrozen = !isNew && (old === undefined || old.state === 'published')
  if (
    isFrozen &&
    changesContent(request, current.source, source, memberOf(current.document, 'document'), document)
  )
    throw new RegistryError('version-published', { artifact: nameOf(before), version })
  const row = (live: Stored<ArtifactRow>, published: boolean): ArtifactRow => {
    const { rev: _, ...columns } = live
    return {
      ...columns,
      ...metadataColumns(metadata),
      visibility: request.visibility ?? live.visibility,
      owner: request.owner ?? live.owner,
      version,
      published: live.published || published,
      publishedAt: published && live.publishedAt === 0 ? now : live.publishedAt,
      updatedAt: Math.max(now, live.updatedAt),
    }
  }
  if (isFrozen) {
    return await core.ledger.change(caller, async () => {
      const live = await requireSame(core, before)
      const after = row(live, false)
      return {
        value: after,
        changes: await keepArtifact(core, live, after),
        deeds: [{ action: 'artifact.update', repository, target: version }],
        events: [{ kind: 'artifact.updated', repository, tag: version }],
      }
    })
  }
  return await stagingVersion(core, caller, parts, async (staged) => {
    return await core.ledger.change(caller, async () => {
      const live = await requireSame(core, before)
      const known = await getVersionRow(core, before.id, version)
      if (isNew && (known !== undefined || (await isTagged(core, live, version))))
        throw new RegistryError('version-exists', { artifact: nameOf(before), version })
      if (known?.state === 'published')
        throw new RegistryError('version-published', { artifact: nameOf(before), version })
      const published = request.published ?? false
      const target = await repositoryForPush(core, repository)
      const versionRow: VersionRow = {
        artifact: before.id,
        version,
        state: published ? 'published' : 'draft',
        parent: isNew ? before.version : (known?.parent ?? ''),
        changelog: request.changelog ?? known?.changelog ?? '',
        deprecated: '',
        yanked: '',
        createdAt,
        publishedAt: published ? now : 0,
        by: describePrincipal(caller.principal),
      }
      const effects = await keepVersion(core, caller, {
        target,
        repository,
        staged,
        before: known,
        row: versionRow,
        dependencies: facts.dependencies,
        isLatest: published,
      })
      const after = row(live, published)
      return {
        value: after,
        changes: [...effects.changes, ...(await keepArtifact(core, live, after))],
        deeds: [{ action: 'artifact.update', repository, target: version }, ...effects.deeds],
        events: [{ kind: 'artifact.updated', repository, tag: version }, ...effects.events],
      }
    })
  })
}

/**
 * As it was when this began to work from it, numbers apart: a merge with what somebody else has changed meanwhile was
 * not asked for. @throws RegistryError `artifact-unknown`, `artifact-changed`
 */
async function requireSame(
  core: Pick<Core, 'store'>,
  before: Stored<ArtifactRow>,
): Promise<Stored<ArtifactRow>> {
  const live = await requireArtifact(core, before.id)
  if (live.rev === before.rev) return live
  const { rev: _a, downloads: _b, stars: _c, views: _d, lastAccessedAt: _e, ...then } = before
  const same = Object.entries(then).every(([name, value]) => live[name as keyof ArtifactRow] === value)
  if (!same) throw new RegistryError('artifact-changed', { artifact: nameOf(before) })
  return live
}

async function isTagged(core: Core, artifact: ArtifactRow, version: string): Promise<boolean> {
  const tag = await getTag(core, artifact.repository, encodeForeignVersion(version))
  return liveDigest(tag) !== undefined
}

function changesContent(
  request: UpdateArtifact,
  oldSource: Uint8Array,
  source: Uint8Array,
  oldDocument: unknown,
  document: JsonObject | undefined,
): boolean {
  const sameSource = Buffer.compare(oldSource, source) === 0
  const sameDocument =
    request.document === undefined || JSON.stringify(oldDocument) === JSON.stringify(document)
  return !(sameSource && sameDocument)
}

function mergedMetadata(before: ArtifactMetadata, given: GivenMetadata | undefined): GivenMetadata {
  return given === undefined ? before : (merged(before, given) as GivenMetadata)
}

function mergedDocument(before: unknown, given: unknown): unknown {
  if (given === undefined) return before
  if (!isJsonObject(given)) throw invalid('document', 'it is not an object')
  return merged(before, given)
}

/** Objects member by member; `undefined` leaves a member as it is, and null takes it away. */
function merged(before: unknown, given: unknown): unknown {
  if (given === undefined) return before
  if (!isJsonObject(given) || !isJsonObject(before)) return given
  const members = new Map<string, unknown>(Object.entries(before))
  for (const [name, value] of Object.entries(given)) {
    if (value === null) members.delete(name)
    else members.set(name, merged(members.get(name), value))
  }
  return Object.fromEntries(members)
}
