import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'
import { patch, remove } from '../../ports/store/change.ts'
import type { Change, Cursor, Stored } from '../../ports/store/store.ts'
import { noteDeparture } from '../artifacts/note-departure.ts'
import { requireDraft } from '../artifacts/require-draft.ts'
import { getManifest, linksOfManifest, namedBy } from '../catalog/manifest-rows.ts'
import { moveTag } from '../catalog/move-tag.ts'
import { References } from '../catalog/references.ts'
import {
  links,
  type ManifestRow,
  manifests,
  type PullRow,
  pulls,
  tagHistory,
  tags,
} from '../catalog/tables.ts'
import { releaseContent } from '../content/blob-rows.ts'
import { findRepository } from '../content/repositories.ts'
import { blobs, holdings } from '../content/tables.ts'
import { giveBackUsage } from '../content/usage.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import type { Plan } from '../ledger/ledger.ts'
import { type ImmutableTags, requireMovable } from '../policy/immutable-tags.ts'
import { noteGone } from './gone-subject.ts'
import { checkPrecondition, type Precondition } from './precondition.ts'

/** The job that follows a deleted manifest: see `delete-referrers.ts`. */
export const deleteReferrersJob = 'delete-referrers'

/** Tags, or history entries, that one batch takes along: with 400 links the rest would not fit. */
const rowsPerBatch = 25
const historyRowsPerStep = 400

export interface DeleteManifest {
  readonly repository: RepositoryName
  readonly digest: Digest
  readonly expect: Precondition
  /**
   * Only where it is still what a job is to take: see `delete-referrers.ts`. Looked at after the rows were read, at
   * whose revisions it goes: a tag, an index or a pull that came meanwhile has it asked again.
   */
  readonly onlyIf?: (row: Stored<ManifestRow>, pulled: Stored<PullRow> | undefined) => Promise<boolean>
}

/**
 * The manifest goes with its tags; what its tags' history says of it stays as a record. Its referrers follow in a job.
 * A manifest with very many tags loses them in several changes, each of which could stand alone. Answers whether it went.
 * @throws RegistryError `manifest-unknown`, `manifest-in-use`, `tag-immutable`, `version-published`,
 * `precondition-failed`
 */
export async function deleteManifest(
  core: Core,
  immutable: ImmutableTags,
  caller: Caller,
  request: DeleteManifest,
): Promise<boolean> {
  for (;;) {
    const step = await core.ledger.change(caller, async () => await decide(core, immutable, caller, request))
    if (step !== 'more') return step === 'gone'
  }
}

/** `more`: some of its tags or history went, and it goes with the last of them. */
type Deleted = 'gone' | 'stays' | 'more'

async function decide(
  core: Core,
  immutable: ImmutableTags,
  caller: Caller,
  request: DeleteManifest,
): Promise<Plan<Deleted>> {
  const { repository, digest } = request
  const home = await findRepository(core, repository)
  const row = home && (await getManifest(core, home.id, digest))
  checkPrecondition(request.expect, digest, row && digest)
  if (home === undefined || row === undefined)
    throw new RegistryError('manifest-unknown', { reference: digest })
  const pulled = await core.store.get(pulls, [home.id, digest])
  if (request.onlyIf !== undefined && !(await request.onlyIf(row, pulled)))
    return { value: 'stays', changes: [] }
  const by = await namedBy(core, home.id, digest)
  if (by !== undefined) throw new RegistryError('manifest-in-use', { digest, by })
  const references = new References(core, home.id)
  const untagged = await dropTags(core, immutable, caller, { repository, id: home.id, digest }, references)
  const history = await releaseHistory(core, home.id, digest, untagged.last ? rowsPerBatch : 0, references)
  const last = untagged.last && history.last
  const noted = await noteDeparture(core, {
    repository,
    id: home.id,
    tags: untagged.tags,
    ...(last && { digest }),
  })
  return {
    value: last ? 'gone' : 'more',
    changes: last
      ? [
          ...untagged.changes,
          ...noted.changes,
          ...history.changes,
          ...(await removeManifest(core, row, pulled, references)),
          await noteGone(core, home.id, digest),
        ]
      : [...untagged.changes, ...noted.changes, ...history.changes, ...references.changes()],
    deeds: [
      ...untagged.tags.map((tag) => ({
        action: 'tag.delete' as const,
        repository,
        target: tag,
        before: digest,
      })),
      ...(last ? [{ action: 'manifest.delete' as const, repository, target: digest }] : []),
    ],
    events: [
      ...untagged.tags.map((tag) => ({ kind: 'tag.deleted' as const, repository, tag, previous: digest })),
      ...(last ? [{ kind: 'manifest.deleted' as const, repository, digest, mediaType: row.mediaType }] : []),
      ...noted.events,
    ],
    ...(last && {
      jobs: [{ kind: deleteReferrersJob, payload: { repository, subject: digest } }],
    }),
  }
}

async function dropTags(
  core: Core,
  immutable: ImmutableTags,
  caller: Caller,
  of: { repository: RepositoryName; id: string; digest: Digest },
  references: References,
): Promise<{ changes: Change[]; tags: Tag[]; last: boolean }> {
  const query = { index: 'byDigest', eq: [of.id, of.digest], limit: rowsPerBatch }
  const { rows, next } = await core.store.find(tags, query)
  if (next !== undefined) await refuseImmutable(core, immutable, of)
  const changes: Change[] = []
  for (const current of rows) {
    const tag = current.tag as Tag
    requireMovable(immutable, of.repository, tag)
    await requireDraft(core, of.id, tag)
    const move = { repository: of.id, tag, current, to: undefined, by: describePrincipal(caller.principal) }
    changes.push(...(await moveTag(core, move, references)))
  }
  return { changes, tags: rows.map((row) => row.tag as Tag), last: next === undefined }
}

/** All tags are looked at before the first one goes: what is refused leaves everything as it was. */
async function refuseImmutable(
  core: Core,
  immutable: ImmutableTags,
  of: { repository: RepositoryName; id: string; digest: Digest },
): Promise<void> {
  let after: Cursor | undefined
  do {
    const query = { index: 'byDigest', eq: [of.id, of.digest], limit: core.limits.pageSize }
    const page = await core.store.find(tags, { ...query, ...(after && { after }) })
    for (const { tag } of page.rows) {
      requireMovable(immutable, of.repository, tag as Tag)
      await requireDraft(core, of.id, tag as Tag)
    }
    after = page.next
  } while (after !== undefined)
}

/** `fits`: how many entries may go with the manifest itself; more go in a step of their own first. */
async function releaseHistory(
  core: Core,
  repository: string,
  digest: Digest,
  fits: number,
  references: References,
): Promise<{ changes: Change[]; last: boolean }> {
  const query = { index: 'holding', eq: [repository, digest, true], limit: historyRowsPerStep }
  const { rows, next } = await core.store.find(tagHistory, query)
  references.manifest(digest, -rows.length)
  return {
    changes: rows.map((row) =>
      patch(tagHistory, [row.repository, row.tag, row.seq], {
        set: { holds: false },
        when: { holds: { eq: true } },
      }),
    ),
    last: next === undefined && rows.length <= fits,
  }
}

/** At the revision that was read: a tag or an index that came in between makes this fail, and be decided anew. */
async function removeManifest(
  core: Core,
  row: Stored<ManifestRow>,
  pulled: Stored<PullRow> | undefined,
  references: References,
): Promise<Change[]> {
  const linked = await linksOfManifest(core, row.repository, row.digest)
  const keys = linked.map((link) => [row.repository, link.digest])
  const [heldRows, manifestRows] = await Promise.all([
    core.store.getMany(holdings, keys),
    core.store.getMany(manifests, keys),
  ])
  for (const [at, link] of linked.entries()) {
    if (link.target === 'blob') references.holding(link.digest, -1, heldRows[at]?.idleSince)
    else references.manifest(link.digest, -1, manifestRows[at]?.idleSince)
  }
  references.take(row.digest)
  const content = await core.store.get(blobs, [row.digest])
  return [
    remove(manifests, [row.repository, row.digest], { rev: row.rev }),
    ...(pulled === undefined ? [] : [remove(pulls, [row.repository, row.digest], { rev: pulled.rev })]),
    ...linked.map((link) => remove(links, [link.repository, link.manifest, link.digest, link.target])),
    ...(content === undefined ? [] : releaseContent(core, content)),
    ...references.changes(),
    ...(await giveBackUsage(core, row.repository, { bytes: row.size, manifests: 1 })),
  ]
}
