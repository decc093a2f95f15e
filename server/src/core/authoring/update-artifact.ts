import type { ArtifactMetadata, Visibility } from '../../domain/artifact.ts'
import { digestAlgorithm } from '../../domain/digest.ts'
import { digestOf } from '../../domain/digest-of.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import { parseManifest } from '../../domain/manifest.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { isJsonObject, type JsonObject, memberOf } from '../../domain/strict-json.ts'
import type { KindFacts } from '../../kinds/kind.ts'
import { insert, put } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import { metadataColumns, metadataOf } from '../artifacts/artifact-rows.ts'
import { changelogOf } from '../artifacts/changelog.ts'
import { checkDocument } from '../artifacts/check-document.ts'
import { checkMetadata, type GivenMetadata, invalid, plainJson } from '../artifacts/check-metadata.ts'
import { sideOf } from '../artifacts/diff-side.ts'
import { diffVersions } from '../artifacts/diff-versions.ts'
import { keepArtifact } from '../artifacts/keep-artifact.ts'
import { isHighest } from '../artifacts/list-versions.ts'
import { compareRanks } from '../artifacts/rank.ts'
import {
  type FoundVersion,
  findVersion,
  isFrozen,
  nameOf,
  type ReadVersion,
  readVersion,
  requireVersion,
  versionByTag,
} from '../artifacts/read-version.ts'
import { repositoryOf, requireArtifact } from '../artifacts/require-artifact.ts'
import { givesWay, standAt, withPublished } from '../artifacts/stand-at.ts'
import { type ArtifactRow, type VersionRow, versions } from '../artifacts/tables.ts'
import { isAuthored, textOf } from '../artifacts/version-source.ts'
import { repositoryForPush } from '../content/repositories.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import {
  type Authoring,
  changelogIn,
  kindNamed,
  newVersionNamed,
  sourceBytes,
  versionNamed,
} from './authoring.ts'
import { keepVersion } from './keep-version.ts'
import { stagingVersion } from './stage-version.ts'
import { type VersionFile, type VersionParts, versionParts } from './version-content.ts'
import { areSameFiles, filesIn, filesOf, mergedFiles } from './version-files.ts'

export interface UpdateArtifact {
  readonly id: string
  /** Merged deeply into what is there: members of objects one by one, lists and plain values as a whole; null takes one away. */
  readonly metadata?: GivenMetadata
  readonly document?: unknown
  readonly source?: unknown
  /** Of `GivenFile`: each takes the place of the one of its name. */
  readonly files?: unknown
  /** Names of files that the version does not have any more. */
  readonly withoutFiles?: readonly string[]
  /** Names of files that are made of the source: where it changes, those that are not given anew are gone. */
  readonly filesOfSource?: readonly string[]
  /** One that is not there yet is made of the version that the artifact stands at. */
  readonly version?: unknown
  /** The version must not be there yet. */
  readonly mustBeNew?: boolean
  readonly changelog?: unknown
  /** Of the version that this makes or changes; a published one does not become a draft again. */
  readonly published?: boolean
  readonly visibility?: Visibility
  readonly owner?: string
}

/** What is to become of one version, decided from what was read once. */
interface Update {
  readonly request: UpdateArtifact
  readonly before: Stored<ArtifactRow>
  readonly version: string
  /** undefined: it is new. */
  readonly known: Pick<FoundVersion, 'row'> | undefined
  readonly metadata: ArtifactMetadata
  readonly document: JsonObject | undefined
  readonly facts: KindFacts
  readonly source: Uint8Array
  readonly files: readonly VersionFile[]
  /** What it is made from. */
  readonly base: ReadVersion
}

/**
 * Changes a draft, or makes a new version, at which the artifact stands unless it stands at a higher one. What is
 * published keeps its content; what the artifact says of itself can change.
 * @throws RegistryError `artifact-unknown`, `artifact-invalid`, `artifact-changed`, `version-published`, `version-exists`,
 *   `tag-immutable`, `quota-exceeded`
 */
export async function updateArtifact(
  authoring: Authoring,
  caller: Caller,
  request: UpdateArtifact,
): Promise<ArtifactRow> {
  for (let lost = 0; ; lost++) {
    try {
      return await updateOnce(authoring, caller, request)
    } catch (error) {
      // What is given is merged into whatever is there: into what somebody else has made of it just now as well.
      if (!isRegistryError(error, 'artifact-changed') || lost >= authoring.core.limits.commitRetries)
        throw error
    }
  }
}

async function updateOnce(
  authoring: Authoring,
  caller: Caller,
  request: UpdateArtifact,
): Promise<ArtifactRow> {
  const { core } = authoring
  const { limits } = core
  const before = await requireArtifact(core, request.id)
  const kind = kindNamed(core, before.kind)
  const stands = before.version === '' ? before.digest : before.version
  const version =
    request.version === undefined || request.version === stands ? stands : versionNamed(request.version)
  const known =
    version === stands ? await knownVersion(core, before) : await findVersion(core, before, version)
  if (known === undefined) newVersionNamed(version)
  else if (request.mustBeNew === true)
    throw new RegistryError('version-exists', { artifact: nameOf(before), version })
  const base = await readVersion(core, before, known === undefined ? stands : version)
  const said = base.version === stands ? metadataOf(before) : { name: before.name, ...base.document }
  const metadata = checkMetadata(mergedMetadata(core, said, request.metadata), limits)
  const given = request.source === undefined ? undefined : sourceBytes(request.source, limits.sourceBytes)
  const source = given === undefined || isToldOf(base, given) ? base.source : given
  const had = filesOf(base.manifest)
  const stale = Buffer.compare(base.source, source) === 0 ? [] : (request.filesOfSource ?? [])
  const gone = [...(request.withoutFiles ?? []), ...stale]
  const files = mergedFiles(had, filesIn(core, request.files), gone)
  const own = memberOf(base.document, 'document')
  const merged = mergedDocument(core, own, request.document)
  const { document, facts } = await checkDocument(kind, merged, source, limits)
  const update: Update = { request, before, version, known, metadata, document, facts, source, files, base }
  if (known === undefined || !isFrozen(known)) {
    requireWhole(update)
    return await keepContent(authoring, caller, update)
  }
  const isSame =
    Buffer.compare(base.source, source) === 0 &&
    areSameFiles(had, files) &&
    (request.document === undefined || JSON.stringify(own) === JSON.stringify(document))
  const saysMore = request.metadata !== undefined && version !== stands
  if (!isSame || saysMore || request.published === false)
    throw new RegistryError('version-published', { artifact: nameOf(before), version })
  return await keepSaid(authoring, caller, update)
}

/** What was read, given back, says nothing new: of a version that has no text that is its manifest. */
function isToldOf({ digest, sourceDigest, source }: ReadVersion, given: Uint8Array): boolean {
  if (sourceDigest !== undefined && textOf(source) !== undefined) return Buffer.compare(given, source) === 0
  return digestOf(given, digestAlgorithm(digest)) === digest
}

/**
 * What is not said anew is taken from the version before, whole: nothing of it is lost. What a client pushed is more than a
 * source with files, and what was written under other limits cannot be read.
 * @throws RegistryError `artifact-invalid`
 */
function requireWhole({ source, before, base }: Update): void {
  const { manifest, version, unread } = base
  const raise = 'raise the limit to change anything but what the artifact says of itself'
  if (unread.document !== undefined)
    throw invalid('document', `that of ${version} cannot be read: ${unread.document}; ${raise}`)
  if (source !== base.source) return
  if (unread.source !== undefined)
    throw invalid('source', `that of ${version} cannot be read: ${unread.source}; ${raise}`)
  const isWhole = manifest.layers.length === filesOf(manifest).length + 1
  if (isAuthored(before.kind, manifest) && isWhole) return
  throw invalid(
    'source',
    `${version} was pushed by a client, with more in it than a source: push the next version too, or say what its source is`,
  )
}

/** The one that it stands at, which may have no name. */
async function knownVersion(core: Core, before: Stored<ArtifactRow>): Promise<Update['known']> {
  return before.version === '' ? { row: undefined } : await findVersion(core, before, before.version)
}

/** The version's content stays as it is; what is said of it, and of the artifact, changes. */
async function keepSaid(
  { core }: Authoring,
  caller: Caller,
  { request, before, version, metadata }: Update,
): Promise<ArtifactRow> {
  const repository = await repositoryOf(core, before)
  const changelog = request.changelog === undefined ? undefined : changelogIn(core, request.changelog)
  return await core.ledger.change(caller, async () => {
    const live = await requireSame(core, before)
    const after = {
      ...standAt(live, undefined, core.clock.now()),
      ...(request.metadata !== undefined && metadataColumns(metadata)),
      ...ownership(request, live),
    }
    const told = changelog === undefined ? [] : [await keepChangelog(core, live, version, changelog)]
    return {
      value: after,
      changes: [...told, ...(await keepArtifact(core, live, after))],
      deeds: [{ action: 'artifact.update', repository, target: version }],
      events: [{ kind: 'artifact.updated', repository, artifact: live.id, version }],
    }
  })
}

/** What a reader would want to know of a new version, for its author to edit. */
async function changesOf(
  core: Core,
  { before, base, version, facts, document: _, source }: Update,
  parts: VersionParts,
): Promise<string> {
  const edges = facts.dependencies.map((one) => ({ artifact: before.id, version, ...one }))
  const config = parts.blobs[0]?.bytes ?? new Uint8Array()
  const to = {
    version,
    digest: parts.manifest.digest,
    manifest: parseManifest(parts.manifest.bytes, undefined),
    document: JSON.parse(new TextDecoder().decode(config)) as JsonObject,
    sourceDigest: parts.source,
    source,
    unread: {},
  }
  const diff = diffVersions(await sideOf(core, before, base), { version: to, edges })
  return changelogOf(diff, { from: base.version, to: version, limit: core.limits.textLength })
}

/** The version's content, and the row where the artifact stands at it. */
async function keepContent(authoring: Authoring, caller: Caller, update: Update): Promise<ArtifactRow> {
  const { core } = authoring
  const { request, before, version, known, metadata, document, facts, source, files } = update
  const changelog = request.changelog === undefined ? undefined : changelogIn(core, request.changelog)
  const published = request.published ?? false
  const now = core.clock.now()
  const createdAt = known?.row?.createdAt ?? now
  const { namespace, slug } = before
  const kind = kindNamed(core, before.kind)
  const parts = versionParts({ kind, namespace, slug, version, metadata, document, source, files, createdAt })
  const repository = await repositoryOf(core, before)
  const { digest } = parts.manifest
  const generated = known === undefined && changelog === undefined ? await changesOf(core, update, parts) : ''
  return await stagingVersion(core, caller, parts, async (staged) => {
    return await core.ledger.change(caller, async () => {
      const live = await requireSame(core, before)
      const found = await findVersion(core, live, version)
      if (known === undefined && found !== undefined)
        throw new RegistryError('version-exists', { artifact: nameOf(before), version })
      if (found !== undefined && isFrozen(found))
        throw new RegistryError('version-published', { artifact: nameOf(before), version })
      const row: VersionRow = {
        artifact: live.id,
        version,
        state: published ? 'published' : 'draft',
        parent: found?.row?.parent ?? (known === undefined ? live.version : ''),
        changelog: changelog ?? found?.row?.changelog ?? generated,
        deprecated: found?.row?.deprecated ?? '',
        yanked: found?.row?.yanked ?? '',
        createdAt,
        publishedAt: published ? now : 0,
        by: describePrincipal(caller.principal),
      }
      const highest = published && (await isHighest(core, live, version))
      const isNewest = known === undefined && compareRanks(version, live.version) >= 0
      const stands =
        isNewest || version === live.version || (highest && (await givesWay(core, live, version)))
      const effects = await keepVersion(authoring, caller, {
        target: await repositoryForPush(core, repository),
        repository,
        staged,
        before: found?.row,
        row,
        dependencies: facts.dependencies,
        isLatest: published && (stands || highest),
      })
      const standing = stands ? { version, digest, source: parts.source, metadata } : undefined
      const stood = { ...standAt(live, standing, now), ...ownership(request, live) }
      const after = published ? withPublished(stood, now) : stood
      const about = { repository, artifact: live.id, version }
      return {
        value: after,
        changes: [...effects.changes, ...(await keepArtifact(core, live, after))],
        deeds: [{ action: 'artifact.update', repository, target: version }, ...effects.deeds],
        events: [
          { kind: 'artifact.updated', ...about },
          ...(published ? [{ kind: 'version.published' as const, ...about }] : []),
          ...effects.events,
        ],
      }
    })
  })
}

async function keepChangelog(
  core: Core,
  artifact: ArtifactRow,
  version: string,
  changelog: string,
): Promise<Change> {
  const { tag, row } = await requireVersion(core, artifact, version)
  if (row === undefined)
    return insert(versions, { ...versionByTag(artifact.id, version, tag.movedAt), changelog })
  const { rev, ...columns } = row
  return put(versions, { ...columns, changelog }, rev)
}

function ownership(request: UpdateArtifact, live: ArtifactRow): Pick<ArtifactRow, 'visibility' | 'owner'> {
  return { visibility: request.visibility ?? live.visibility, owner: request.owner ?? live.owner }
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
  const { rev: _a, downloads: _b, stars: _c, views: _d, trend: _e, lastAccessedAt: _f, ...then } = before
  const isSame = Object.entries(then).every(([name, value]) => live[name as keyof ArtifactRow] === value)
  if (!isSame) throw new RegistryError('artifact-changed', { artifact: nameOf(before) })
  return live
}

/** What is given is bounded before anything goes through it that calls itself. */
function mergedMetadata(
  { limits }: Pick<Core, 'limits'>,
  before: GivenMetadata,
  given: GivenMetadata | undefined,
): GivenMetadata {
  if (given === undefined) return before
  const { custom, ...rest } = given
  const checked =
    custom === undefined || custom === null
      ? custom
      : plainJson(custom, 'custom', { bytes: limits.customBytes, depth: limits.customDepth })
  const known = isJsonObject(before.custom) ? before.custom : {}
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return {
    ...before,
    ...said,
    custom: checked === undefined ? known : checked === null ? {} : merged(known, checked),
  }
}

function mergedDocument({ limits }: Pick<Core, 'limits'>, before: unknown, given: unknown): unknown {
  if (given === undefined) return before
  if (!isJsonObject(given)) throw invalid('document', 'it is not an object')
  return merged(
    before,
    plainJson(given, 'document', { bytes: limits.documentBytes, depth: limits.customDepth }),
  )
}

/** Objects member by member; null takes a member away. */
function merged(before: unknown, given: unknown): unknown {
  if (!isJsonObject(given)) return given
  const members = new Map<string, unknown>(isJsonObject(before) ? Object.entries(before) : [])
  for (const [name, value] of Object.entries(given)) {
    if (value === null) members.delete(name)
    else members.set(name, merged(members.get(name), value))
  }
  return Object.fromEntries(members)
}
