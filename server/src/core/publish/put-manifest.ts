import { type Digest, isDigest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { defaultManifestLimits, type Manifest, parseManifest } from '../../domain/manifest.ts'
import type { Permission } from '../../domain/permission.ts'
import { describePrincipal } from '../../domain/principal.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { JsonObject } from '../../domain/strict-json.ts'
import type { Tag } from '../../domain/tag.ts'
import { put } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import { arrivedChart, type ClaimedDocument, claimedDocument } from '../artifacts/claimed-document.ts'
import { noteArrival } from '../artifacts/note-arrival.ts'
import { requireDraft } from '../artifacts/require-draft.ts'
import { getManifest, hasManifests } from '../catalog/manifest-rows.ts'
import { liveDigest, moveTag } from '../catalog/move-tag.ts'
import { References } from '../catalog/references.ts'
import { type ManifestRow, type TagRow, tags } from '../catalog/tables.ts'
import { keepOneCopy } from '../content/blob-rows.ts'
import { findRepository, type PushTarget, repositoryForPush } from '../content/repositories.ts'
import { blobs } from '../content/tables.ts'
import { endClaim } from '../content/upload-claim.ts'
import { abandon } from '../content/write-upload.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import type { Deed, NewEvent, Plan } from '../ledger/ledger.ts'
import { together } from '../ledger/together.ts'
import { type ImmutableTags, requireMovable } from '../policy/immutable-tags.ts'
import { arrive } from './arrive.ts'
import { afterDeletion } from './gone-subject.ts'
import { checkPrecondition, type Precondition } from './precondition.ts'
import { digestAs, type Staged, stageContent } from './stage-content.ts'

export interface PutManifest {
  readonly repository: RepositoryName
  /** A tag to move, or the digest that the bytes must have. */
  readonly reference: Tag | Digest
  /** More tags to move in the same change. */
  readonly tags: readonly Tag[]
  /** As the client gave it; undefined where it gave none. */
  readonly contentType: string | undefined
  readonly bytes: Uint8Array
  readonly expect: Precondition
  /** What who pushes may do here. Asked in each attempt, so that a right that was lost meanwhile is lost. Absent: all. */
  readonly may?: (permission: Permission) => boolean
}

export interface PutManifestResult {
  readonly digest: Digest
  readonly mediaType: string
  readonly size: number
  readonly subject?: Digest
  /** All tags that name the manifest because of this request, moved by it or there before. */
  readonly tags: readonly Tag[]
}

/** What one attempt to push needs to know, read once and not again when a race is lost. */
interface Push {
  readonly request: PutManifest
  readonly digest: Digest
  readonly manifest: Manifest
  readonly tags: readonly Tag[]
  readonly claimed: ClaimedDocument | undefined
  readonly chart: JsonObject
  /** The repository's id; undefined where there was none. */
  readonly home: string | undefined
  readonly by: string
  readonly immutable: ImmutableTags
}

/**
 * Makes a manifest visible and moves tags to it, in one change: all of it or nothing.
 * @throws RegistryError `manifest-invalid`, `manifest-too-large`, `manifest-too-many-links`, `digest-mismatch`,
 *   `manifest-reference-unknown`, `tag-immutable`, `precondition-failed`, `too-large`, `denied`
 */
export async function putManifest(
  core: Core,
  immutable: ImmutableTags,
  caller: Caller,
  request: PutManifest,
): Promise<PutManifestResult> {
  const push = await readPush(core, immutable, caller, request)
  if (await isKnown(core, push)) {
    const answer = await core.ledger.change(caller, async () => await decide(core, push, undefined))
    if (answer !== undefined) return answer
  }
  const staged = await stageContent(core, request.repository, push.digest, request.bytes, caller.signal)
  try {
    return (await core.ledger.change(
      caller,
      async () => await decide(core, push, staged),
    )) as PutManifestResult
  } catch (error) {
    // Nobody else can know of this upload, so nobody would go on with it.
    await abandon(core, staged.claim).catch((second: unknown) => {
      core.telemetry.error('a refused manifest is kept until its upload expires', second, {
        repository: request.repository,
      })
    })
    throw error
  }
}

/** With its content: one that is damaged wants the bytes once more. */
async function isKnown(core: Core, push: Push): Promise<boolean> {
  if (push.home === undefined) return false
  const [manifest, blob] = await together([
    getManifest(core, push.home, push.digest),
    core.store.get(blobs, [push.digest]),
  ])
  return manifest !== undefined && blob?.damagedAt === 0
}

async function readPush(
  core: Core,
  immutable: ImmutableTags,
  caller: Caller,
  request: PutManifest,
): Promise<Push> {
  const { bytes, reference } = request
  const { manifestBytes, linksPerManifest, tagsPerPush } = core.limits
  if (bytes.length > manifestBytes) {
    throw new RegistryError('manifest-too-large', { size: bytes.length, limit: manifestBytes })
  }
  const wanted = isDigest(reference) ? reference : undefined
  const tags = [...new Set([...(wanted === undefined ? [reference as Tag] : []), ...request.tags])]
  if (tags.length > tagsPerPush)
    throw new RegistryError('too-large', { what: 'the number of tags', limit: tagsPerPush })
  const digest = digestAs(wanted, bytes)
  if (wanted !== undefined && digest !== wanted) {
    throw new RegistryError('digest-mismatch', { expected: wanted, actual: digest })
  }
  const manifest = parseManifest(bytes, request.contentType, {
    ...defaultManifestLimits,
    links: linksPerManifest,
  })
  const home = await findRepository(core, request.repository)
  const claimed = home === undefined ? undefined : await claimedDocument(core, home.id, manifest)
  const chart = home === undefined ? {} : await arrivedChart(core, home.id, manifest)
  const by = describePrincipal(caller.principal)
  return { request, digest, manifest, tags, claimed, chart, home: home?.id, by, immutable }
}

/** undefined: the manifest is not there, or not any more, and its bytes must be staged first. */
async function decide(
  core: Core,
  push: Push,
  staged: Staged | undefined,
): Promise<Plan<PutManifestResult | undefined>> {
  const { request, digest, manifest } = push
  const repository = await repositoryForPush(core, request.repository)
  await requirePush(core, request, repository)
  const [known, current] = await readTarget(core, push, repository)
  if (known === undefined && staged === undefined) return { value: undefined, changes: [] }
  if (push.tags.length === 0) checkPrecondition(request.expect, digest, known && digest)
  const references = new References(core, repository.id)
  const moved = await moveTags(core, push, { repository: repository.id, current }, references)
  if (known !== undefined) {
    const { subject } = manifest
    const after = subject === undefined ? 0 : await afterDeletion(core, repository.id, subject.digest)
    references.manifest(digest, 0, Math.max(known.idleSince, after))
  }
  const [arrival, noted] = await together([
    arrivalOf(core, push, { repository, staged, isKnown: known !== undefined }, references),
    noteArrival(core, {
      repository: request.repository,
      target: repository,
      manifest,
      digest,
      tags: [...moved.before.keys()],
      newTags: [...moved.before].flatMap(([tag, was]) => (was === undefined ? [tag] : [])),
      claimed: push.claimed,
      chart: push.chart,
      by: push.by,
    }),
  ])
  return {
    value: {
      digest,
      mediaType: manifest.mediaType,
      size: request.bytes.length,
      ...(manifest.subject && { subject: manifest.subject.digest }),
      tags: push.tags,
    },
    changes: [repository.change, ...moved.changes, ...arrival, ...references.changes(), ...noted.changes],
    ...record(push, known === undefined, moved.before, noted.events),
  }
}

interface Arriving {
  readonly repository: PushTarget
  readonly staged: Staged | undefined
  readonly isKnown: boolean
}

async function arrivalOf(
  core: Core,
  { manifest, by }: Push,
  { repository, staged, isKnown }: Arriving,
  references: References,
): Promise<Change[]> {
  if (staged === undefined) return []
  return isKnown
    ? await discard(core, staged)
    : await arrive(core, repository, { manifest, staged, blobs: [], by }, references)
}

/**
 * The first manifest makes the artifact, whoever has brought content before: who may make one alone brings that first, and who may
 * change some alone brings it to nothing that is not there.
 */
async function requirePush(core: Core, request: PutManifest, { id, isNew }: PushTarget): Promise<void> {
  const { may } = request
  if (may === undefined || (may('artifacts:create') && may('artifacts:update'))) return
  const isThere = !isNew && (await hasManifests(core, id))
  requireMay(request, isThere ? 'artifacts:update' : 'artifacts:create', `pushing to ${request.repository}`)
}

function requireMay({ may }: PutManifest, permission: Permission, action: string): void {
  if (may === undefined || may(permission)) return
  const reason = `it takes the right ${permission}, which your account or your key does not have here`
  throw new RegistryError('denied', { action, reason })
}

/** Its row of the manifest, and those of the tags in their order. There is none of them where this makes the repository. */
async function readTarget(
  core: Core,
  { digest, tags: wanted }: Push,
  { id, isNew }: PushTarget,
): Promise<[Stored<ManifestRow> | undefined, readonly (Stored<TagRow> | undefined)[]]> {
  if (isNew) return [undefined, []]
  const keys = wanted.map((tag) => [id, tag])
  return await together([
    getManifest(core, id, digest),
    keys.length === 0 ? Promise.resolve([]) : core.store.getMany(tags, keys),
  ])
}

interface TagsNow {
  readonly repository: string
  /** In the order of the tags that the push moves. */
  readonly current: readonly (Stored<TagRow> | undefined)[]
}

async function moveTags(
  core: Core,
  push: Push,
  { repository, current: all }: TagsNow,
  references: References,
): Promise<{ changes: Change[]; before: ReadonlyMap<Tag, Digest | undefined> }> {
  const { request, digest, by, immutable } = push
  const changes: Change[] = []
  const before = new Map<Tag, Digest | undefined>()
  for (const [at, tag] of push.tags.entries()) {
    const current = all[at]
    const now = liveDigest(current)
    if (isGuarded(request, tag)) checkPrecondition(request.expect, tag, now)
    if (current !== undefined && now === digest) {
      const { rev, ...row } = current
      changes.push(put(tags, { ...row, pushedAt: Math.max(core.clock.now(), row.pushedAt) }, rev))
      continue
    }
    if (now !== undefined) {
      requireMay(request, 'tags:move', `moving the tag ${tag} of ${request.repository}`)
      requireMovable(immutable, request.repository, tag)
      await requireDraft(core, repository, tag)
    }
    changes.push(...(await moveTag(core, { repository, tag, current, to: digest, by }, references)))
    before.set(tag, now)
  }
  return { changes, before }
}

/** A condition speaks of the tag in the path; where that is a digest, of each tag that comes with it. */
function isGuarded({ reference }: PutManifest, tag: Tag): boolean {
  return isDigest(reference) || tag === reference
}

/** The manifest is there already, pushed meanwhile or with content that is damaged. */
async function discard(core: Core, staged: Staged): Promise<Change[]> {
  return [...(await endClaim(core, staged.claim)), ...(await keepOneCopy(core, staged.content))]
}

function record(
  push: Push,
  isNew: boolean,
  before: ReadonlyMap<Tag, Digest | undefined>,
  ofArtifact: readonly NewEvent[],
): { deeds: Deed[]; events: NewEvent[] } {
  const { digest, manifest } = push
  const { repository } = push.request
  const mediaType = manifest.mediaType
  return {
    deeds: [
      ...(isNew ? [{ action: 'manifest.push' as const, repository, target: digest }] : []),
      ...[...before].map(([tag, was]) => ({
        action: 'tag.move' as const,
        repository,
        target: tag,
        ...(was !== undefined && { before: was }),
        after: digest,
      })),
    ],
    events: [
      ...(isNew ? [{ kind: 'manifest.pushed' as const, repository, digest, mediaType }] : []),
      ...[...before].map(([tag, was]) => ({
        kind: 'tag.moved' as const,
        repository,
        tag,
        digest,
        mediaType,
        ...(was !== undefined && { previous: was }),
      })),
      ...ofArtifact,
    ],
  }
}
