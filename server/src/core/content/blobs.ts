import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { ByteRange, FileName, OpenedBlob } from '../../ports/blobs/blobs.ts'
import { remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { getHolding, markDamaged, releaseContent, renewHolding } from './blob-rows.ts'
import { asRegistryError, toldBytes } from './faults.ts'
import { findRepository } from './repositories.ts'
import { type BlobRow, blobs, type HoldingRow, holdings } from './tables.ts'
import type { BlobInfo } from './uploads.ts'
import { giveBackUsage } from './usage.ts'

export interface BlobContent extends BlobInfo, AsyncDisposable {
  readonly range?: ByteRange
  /** What `bytes` would bring, where it is in memory already. Shared: not to be changed. */
  readonly inline?: Uint8Array
  /** Where whoever asks may fetch it instead, for a while; `bytes` brings nothing then. */
  readonly elsewhere?: URL
  readonly bytes: AsyncIterable<Uint8Array>
}

/** Which of the repository's manifests names a digest; given by whoever keeps the links. */
export type FindNamer = (repository: string, digest: Digest) => Promise<string | undefined>

/** @throws RegistryError `blob-unknown` */
export async function requireHolding(
  core: Core,
  repository: RepositoryName,
  digest: Digest,
): Promise<Stored<HoldingRow>> {
  const row = await findRepository(core, repository)
  const holding = row && (await getHolding(core, row.id, digest))
  if (holding === undefined) throw new RegistryError('blob-unknown', { digest })
  return holding
}

/**
 * Whether the repository holds the blob. A client that hears yes skips its upload, so a writer's question renews what
 * nothing names yet once half of its grace time is gone: without that commit there is no yes.
 */
export async function statBlob(
  core: Core,
  caller: Caller,
  repository: RepositoryName,
  digest: Digest,
  mayWrite: boolean,
): Promise<BlobInfo> {
  const holding = await requireHolding(core, repository, digest)
  const blob = await core.store.get(blobs, [digest])
  if (blob === undefined || blob.damagedAt !== 0) {
    // Who could mend it by an upload is told to.
    throw mayWrite ? new RegistryError('blob-unknown', { digest }) : damagedContent(digest)
  }
  if (mayWrite && isHalfIdle(core, holding)) {
    await core.ledger.change(caller, async () => {
      const current = await requireHolding(core, repository, digest)
      return { value: undefined, changes: [renewHolding(core, current)] }
    })
  }
  return { digest, size: holding.size }
}

/** Nothing names it, and half of its grace time is gone. */
export function isHalfIdle(core: Core, holding: Pick<HoldingRow, 'refs' | 'idleSince'>): boolean {
  return holding.refs === 0 && core.clock.now() - holding.idleSince > core.limits.graceTime / 2
}

/** @throws RegistryError `blob-unknown`, and whatever `range` throws */
export async function openBlob(
  core: Core,
  caller: Caller,
  repository: RepositoryName,
  digest: Digest,
  range?: (size: number) => ByteRange | undefined,
): Promise<BlobContent> {
  const holding = await requireHolding(core, repository, digest)
  const part = range?.(holding.size)
  const content = await openContent(core, digest, part, caller.signal)
  return {
    digest,
    size: holding.size,
    ...(part && { range: part }),
    bytes: content.bytes,
    [Symbol.asyncDispose]: () => content[Symbol.asyncDispose](),
  }
}

/** Where the bytes of a blob with a file can be fetched, where the engine knows. @throws RegistryError `blob-unknown` */
export async function redirectToBlob(core: Core, digest: Digest): Promise<URL | undefined> {
  const { blobs: files, limits, store } = core
  if (!files.can.redirect || files.redirect === undefined) return undefined
  const row = await store.get(blobs, [digest])
  if (row === undefined) throw new RegistryError('blob-unknown', { digest })
  if (row.damagedAt !== 0) throw damagedContent(digest)
  if (row.bytes !== null) return undefined
  try {
    // The file outlives the link, whatever becomes of the blob: the trash keeps it for longer.
    return await files.redirect(row.file as FileName, limits.redirectLifetime)
  } catch (error) {
    throw asRegistryError(error)
  }
}

/**
 * The bytes of a digest, wherever they stand. A file that is gone sends us back to the row: the content may have been
 * collected and pushed again meanwhile, into another file.
 * @throws RegistryError `blob-unknown`, `content-damaged`, `unavailable`
 */
export async function openContent(
  core: Core,
  digest: Digest,
  range: ByteRange | undefined,
  signal: AbortSignal,
): Promise<OpenedBlob> {
  for (let gone = ''; ; ) {
    const row = await core.store.get(blobs, [digest])
    if (row === undefined) throw new RegistryError('blob-unknown', { digest })
    if (row.damagedAt !== 0) throw damagedContent(digest)
    if (row.bytes !== null) return openInline(row.bytes, range)
    const opened = await openFile(core, row, range, signal)
    if (opened?.size === row.size) return opened
    if (opened !== undefined) {
      await opened[Symbol.asyncDispose]()
      throw await damaged(core, row, `its file ${row.file} has ${opened.size} bytes and not ${row.size}`)
    }
    if (row.file === gone) throw await damaged(core, row, `its file ${row.file} is gone`)
    gone = row.file
  }
}

async function damaged(core: Core, row: Stored<BlobRow>, how: string): Promise<RegistryError> {
  const digest = row.digest as Digest
  core.telemetry.error('a blob is damaged', new Error(how), { digest })
  await markDamaged(core, row).catch((error: unknown) => {
    core.telemetry.error('a damaged blob could not be marked', error, { digest })
  })
  return damagedContent(digest)
}

export function damagedContent(digest: Digest): RegistryError {
  return new RegistryError('content-damaged', { digest, retryAfterMs: 60_000 })
}

async function openFile(
  core: Core,
  row: BlobRow,
  range: ByteRange | undefined,
  signal: AbortSignal,
): Promise<OpenedBlob | undefined> {
  try {
    const opened = await core.blobs.open(row.file as FileName, range, signal)
    if (opened === undefined) return undefined
    return {
      size: opened.size,
      bytes: toldBytes(opened.bytes),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    }
  } catch (error) {
    throw asRegistryError(error)
  }
}

function openInline(bytes: Uint8Array, range: ByteRange | undefined): OpenedBlob {
  const part = range === undefined ? bytes : bytes.subarray(range.start, range.end + 1)
  return {
    size: bytes.length,
    bytes: (async function* () {
      yield part
    })(),
    [Symbol.asyncDispose]: async () => {},
  }
}

/** At once, where collection would wait: @throws RegistryError `blob-unknown`, `blob-in-use` */
export async function deleteBlob(
  core: Core,
  caller: Caller,
  repository: RepositoryName,
  digest: Digest,
  findNamer: FindNamer,
): Promise<void> {
  await core.ledger.change(caller, async () => {
    const holding = await requireHolding(core, repository, digest)
    if (holding.refs > 0) {
      throw new RegistryError('blob-in-use', {
        digest,
        by: (await findNamer(holding.repository, digest)) ?? 'being pushed',
      })
    }
    return {
      value: undefined,
      changes: await dropHolding(core, holding),
      deeds: [{ action: 'blob.delete', repository, target: digest }],
      events: [{ kind: 'blob.deleted', repository, digest }],
    }
  })
}

/** A holding that nothing names goes, at the revision at which that was read. */
export async function dropHolding(core: Core, holding: Stored<HoldingRow>): Promise<Change[]> {
  const blob = await core.store.get(blobs, [holding.digest])
  return [
    remove(holdings, [holding.repository, holding.digest], { rev: holding.rev }),
    ...(blob === undefined ? [] : releaseContent(core, blob)),
    ...(await giveBackUsage(core, holding.repository, { bytes: holding.size })),
  ]
}
