import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Manifest } from '../../domain/manifest.ts'
import type { Link } from '../../domain/manifest-links.ts'
import { check, insert } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import { getManifest } from '../catalog/manifest-rows.ts'
import type { References } from '../catalog/references.ts'
import { type LinkRow, links, manifests } from '../catalog/tables.ts'
import { blobRowsOf, keepCopy, referTo } from '../content/blob-rows.ts'
import type { PushTarget } from '../content/repositories.ts'
import { type BlobRow, type HoldingRow, holdings } from '../content/tables.ts'
import { endClaim } from '../content/upload-claim.ts'
import { spend } from '../content/usage.ts'
import type { Core } from '../ledger/core.ts'
import { together } from '../ledger/together.ts'
import { afterDeletion } from './gone-subject.ts'
import { resolveLinks } from './resolve-links.ts'
import type { Staged } from './stage-content.ts'

/** A manifest that the repository does not have, and blobs that come with it, each digest once. */
export interface Arrival {
  readonly manifest: Manifest
  /** The manifest's own bytes. */
  readonly staged: Staged
  readonly blobs: readonly Staged[]
  /** As `describePrincipal` writes it. */
  readonly by: string
}

/**
 * The changes by which it comes into the repository. References that the batch makes to it are taken out of `references`.
 * @throws RegistryError `manifest-invalid`, `manifest-reference-unknown`, `quota-exceeded`
 */
export async function arrive(
  core: Core,
  target: PushTarget,
  arrival: Arrival,
  references: References,
): Promise<Change[]> {
  const { manifest, staged, by } = arrival
  const { digest, size } = staged.content
  const repository = target.id
  const [rows, known, held] = await together([
    linkRows(core, repository, digest, arrival),
    blobRowsOf(core, [staged.content, ...arrival.blobs.map(({ content }) => content)]),
    heldOf(core, target, arrival.blobs),
  ])
  for (const row of rows) {
    if (row.target === 'blob') references.holding(row.digest, 1)
    else references.manifest(row.digest, 1)
  }
  const [own, ...others] = known
  const blobs = await arriveBlobs(
    core,
    repository,
    arrival.blobs.map((blob, at) => ({ ...blob, known: others[at], held: held[at] })),
    references,
  )
  const now = core.clock.now()
  const total = totalSize(manifest, size)
  const [ended, subject, spent] = await together([
    endClaim(core, staged.claim),
    holdSubject(core, repository, manifest, references),
    spend(core, target.namespace, {
      bytes: size + blobs.bytes,
      manifests: 1,
      repositories: target.isNew ? 1 : 0,
    }),
  ])
  return [
    ...blobs.changes,
    insert(manifests, {
      repository,
      digest,
      mediaType: manifest.mediaType,
      artifactType: manifest.artifactType ?? '',
      subject: manifest.subject?.digest ?? '',
      size,
      totalSize: total,
      refs: references.take(digest),
      idleSince: Math.max(now, subject.after),
      createdAt: now,
      by,
    }),
    ...rows.map((row) => insert(links, row)),
    ...referTo(core, staged.content, own),
    ...ended,
    ...subject.changes,
    ...spent,
  ]
}

/** Nothing is held by a repository that this batch makes. */
async function heldOf(
  core: Core,
  { id, isNew }: PushTarget,
  blobs: readonly Staged[],
): Promise<readonly (Stored<HoldingRow> | undefined)[]> {
  if (isNew || blobs.length === 0) return []
  return await core.store.getMany(
    holdings,
    blobs.map(({ content }) => [id, content.digest]),
  )
}

function totalSize(manifest: Manifest, own: number): number {
  const sum = manifest.links.reduce((all, link) => all + link.size, own)
  if (Number.isSafeInteger(sum)) return sum
  throw new RegistryError('manifest-invalid', {
    reason: 'the sizes that it names add up to more than can be counted',
  })
}

async function linkRows(
  core: Core,
  repository: string,
  digest: Digest,
  { manifest, blobs }: Arrival,
): Promise<LinkRow[]> {
  const coming = new Set(blobs.map(({ content }) => content.digest))
  const isComing = (link: Link): boolean => coming.has(link.digest)
  return [
    ...(await resolveLinks(
      core,
      repository,
      digest,
      manifest.links.filter((link) => !isComing(link)),
    )),
    ...manifest.links
      .filter(isComing)
      .map((link): LinkRow => ({ repository, manifest: digest, digest: link.digest, target: 'blob' })),
  ]
}

/** A blob with the rows that are there of it. */
interface Coming extends Staged {
  readonly known: Stored<BlobRow> | undefined
  readonly held: Stored<HoldingRow> | undefined
}

async function arriveBlobs(
  core: Core,
  repository: string,
  blobs: readonly Coming[],
  references: References,
): Promise<{ readonly changes: Change[]; readonly bytes: number }> {
  const changes: Change[] = []
  let bytes = 0
  for (const { content, claim, known, held } of blobs) {
    const { digest, size } = content
    if (held === undefined) {
      const refs = references.takeHolding(digest)
      changes.push(insert(holdings, { repository, digest, size, refs, idleSince: core.clock.now() }))
      changes.push(...referTo(core, content, known))
      bytes += size
    } else {
      references.holding(digest, 0, held.idleSince)
      changes.push(...keepCopy(core, content, known))
    }
    changes.push(...(await endClaim(core, claim)))
  }
  return { changes, bytes }
}

/**
 * A subject that is there stays while its referrer arrives: else its deletion could miss this one. Of one that is not
 * there, `after` is the earliest time to date the referrer.
 */
async function holdSubject(
  core: Core,
  repository: string,
  manifest: Manifest,
  references: References,
): Promise<{ readonly changes: Change[]; readonly after: number }> {
  const subject = manifest.subject?.digest
  if (subject === undefined || references.touches(subject)) return { changes: [], after: 0 }
  const row = await getManifest(core, repository, subject)
  return row === undefined
    ? { changes: [], after: await afterDeletion(core, repository, subject) }
    : { changes: [check(manifests, [repository, subject], row.rev)], after: 0 }
}
