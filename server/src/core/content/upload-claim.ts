import { RegistryError } from '../../domain/error.ts'
import { insert, put, remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { files, type UploadRow, uploads } from './tables.ts'

/**
 * The right to write to one upload, until it is given back. It is a row's `holder`, so that of two requests, or two
 * processes, one has it. A claim of another process is never taken over while that lives: late bytes of a stalled
 * writer would land in a sealed file. One of this process is, once the request that made it has ended.
 */
export interface Claim {
  readonly id: string
  readonly holder: string
  /** As claimed; undefined where the upload has no row yet. */
  readonly row: UploadRow | undefined
}

/** No two are alike, whichever thread of the process makes them. */
function newHolder(core: Core): string {
  return `${core.bootId}/${core.random.uuid()}`
}

/** For content that comes from within: an upload that nobody else can know of. */
export function newClaim(core: Core): Claim {
  return { id: core.random.uuid(), holder: newHolder(core), row: undefined }
}

/** @throws RegistryError `upload-unknown`, `upload-busy` */
export async function claimUpload(core: Core, id: string): Promise<Claim> {
  const holder = newHolder(core)
  return await core.ledger.keep<Claim>(async () => {
    const row = await liveUpload(core, id)
    if (row === undefined) return { value: { id, holder, row }, changes: [] }
    if (isHeldElsewhere(core, row.holder)) throw busy(core, row)
    const { rev, ...columns } = row
    const claimed: UploadRow = { ...columns, holder, until: expiry(core) }
    return { value: { id, holder, row: claimed }, changes: [put(uploads, claimed, rev)] }
  }, 'process')
}

/** @throws RegistryError `upload-unknown`: it was cancelled. */
export async function liveUpload(core: Core, id: string): Promise<Stored<UploadRow> | undefined> {
  const row = await core.store.get(uploads, [id])
  if (row?.ended) throw new RegistryError('upload-unknown', { upload: id })
  return row
}

/** The first small bytes, into the upload's row; the claim ends with it. */
export async function keepInline(
  core: Core,
  claim: Claim,
  repository: string,
  bytes: Uint8Array,
): Promise<void> {
  const row = { id: claim.id, repository, bytes, file: '', holder: '', ended: false, until: expiry(core) }
  await core.ledger.keep(
    async () => ({ value: undefined, changes: [await writeUpload(core, claim, row)] }),
    'process',
  )
}

/**
 * From memory to a file: its row is there before its first byte. What the upload's row holds was acknowledged, and stays
 * there until the file has it. The claim goes on.
 */
export async function openFile(
  core: Core,
  claim: Claim,
  repository: string,
): Promise<Claim & { readonly row: UploadRow }> {
  const file = core.blobs.name()
  const row: UploadRow = {
    id: claim.id,
    repository,
    bytes: claim.row?.bytes ?? new Uint8Array(),
    file,
    holder: claim.holder,
    ended: false,
    until: expiry(core),
  }
  await core.ledger.keep(
    async () => ({
      value: undefined,
      changes: [insert(files, { file, state: 'upload', until: 0 }), await writeUpload(core, claim, row)],
    }),
    'process',
  )
  return { ...claim, row }
}

/** The upload lives on while its writer does. @throws RegistryError `upload-unknown`: it ended meanwhile. */
export async function renewClaim(core: Core, claim: Claim & { readonly row: UploadRow }): Promise<void> {
  await core.ledger.keep(
    async () => ({
      value: undefined,
      changes: [await writeUpload(core, claim, { ...claim.row, until: expiry(core) })],
    }),
    'process',
  )
}

/** After the last write has returned. @throws RegistryError `upload-unknown`: it ended meanwhile. */
export async function releaseClaim(core: Core, claim: Claim & { readonly row: UploadRow }): Promise<void> {
  await core.ledger.keep(
    async () => ({
      value: undefined,
      changes: [await writeUpload(core, claim, { ...claim.row, holder: '', until: expiry(core) })],
    }),
    'process',
  )
}

/** After a failure, which is what the caller will hear of: an upload that ended meanwhile is no second one. */
export async function giveBack(core: Core, claim: Claim): Promise<void> {
  if (claim.row === undefined) return
  try {
    await releaseClaim(core, { ...claim, row: claim.row })
  } catch (error) {
    core.telemetry.warn('an upload could not be given back; it stays until its time runs out', {
      upload: claim.id,
      reason: error instanceof Error ? error.message : String(error),
    })
  }
}

/**
 * The upload's row goes in the batch that makes its content visible, or that ends it.
 * @throws RegistryError `upload-unknown`: it ended meanwhile.
 */
export async function endClaim(core: Core, claim: Claim): Promise<Change[]> {
  if (claim.row === undefined) return []
  return [remove(uploads, [claim.id], { rev: (await heldUpload(core, claim)).rev })]
}

async function writeUpload(core: Core, claim: Claim, row: UploadRow): Promise<Change> {
  if (claim.row !== undefined) return put(uploads, row, (await heldUpload(core, claim)).rev)
  const other = await core.store.get(uploads, [claim.id])
  if (other !== undefined) throw busy(core, other)
  return insert(uploads, row)
}

async function heldUpload(core: Core, claim: Claim): Promise<Stored<UploadRow>> {
  const row = await core.store.get(uploads, [claim.id])
  if (row === undefined || row.holder !== claim.holder)
    throw new RegistryError('upload-unknown', { upload: claim.id })
  return row
}

/**
 * A claim of this process is left from a request that has ended: `UploadTurns` lets one at a time through, of all its
 * threads. It could not be given back, as when the disk was full, and is taken over.
 */
function isHeldElsewhere(core: Core, holder: string): boolean {
  return holder !== '' && bootOf(holder) !== core.bootId && !core.isDead(bootOf(holder))
}

function busy(core: Core, { id, holder }: UploadRow): RegistryError {
  return new RegistryError('upload-busy', {
    upload: id,
    ...(isHeldElsewhere(core, holder) && { elsewhere: true }),
  })
}

function expiry(core: Core): number {
  return core.clock.now() + core.limits.uploadLifetime
}

function bootOf(holder: string): string {
  return holder.slice(0, holder.lastIndexOf('/'))
}
