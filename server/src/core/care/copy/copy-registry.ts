import type { Digest } from '../../../domain/digest.ts'
import { RegistryError } from '../../../domain/error.ts'
import type { Core } from '../../ledger/core.ts'
import type { Progress } from '../../ledger/progress.ts'
import { whileHolding } from '../hold.ts'
import type { LostContent } from '../lost.ts'
import { registryId } from '../registry-id.ts'
import { leaveBegunFiles } from './copy-blobs.ts'
import { type CopyBounds, defaultCopyBounds } from './copy-bounds.ts'
import { type Copied, type CopiedPart, type CopyRun, newContentSeen } from './copy-run.ts'
import type { CopyTarget } from './copy-target.ts'
import { CopyPasses, type PassSeen } from './passes.ts'
import { TargetClaim } from './target-claim.ts'
import { type Verified, verifyContent } from './verify-content.ts'

/** What an operator says. */
export interface CopyOptions {
  /** `folder:` or `config:` and an absolute path. */
  readonly to: string
  /** Ends with the state of one moment, though the source goes on changing. */
  readonly moment: boolean
  /** Leaves the target to another run, which takes what changes until then and closes it. No server starts on it meanwhile. */
  readonly keepOpen: boolean
}

export interface CopyRequest extends Pick<CopyOptions, 'moment' | 'keepOpen'> {
  readonly target: CopyTarget
  /** Of Lading. */
  readonly release: string
  readonly bounds?: Partial<CopyBounds>
}

export interface CopyReport {
  readonly registry: Digest
  /** ms since 1970: all that was committed before is in the target. */
  readonly asOf: number
  /** The target has exactly what the source had then, and can be served. Else it is open, or the source still changed. */
  readonly whole: boolean
  /** It was kept open, as it was asked to be, and waits for another run. */
  readonly open: boolean
  readonly passes: number
  /** What the last pass found to be another, beyond numbers of uses. */
  readonly changed: number
  readonly parts: readonly CopiedPart[]
  /** Files of the target and their bytes, all held against their digests; absent where it is neither whole nor open. */
  readonly content?: Verified
  /** By this run. */
  readonly copied: Copied
  /** Content that is damaged at the source: how much, and the first of it. The copy is good for all else. */
  readonly damagedFiles: number
  readonly damaged: readonly LostContent[]
  readonly sound: boolean
}

/**
 * Makes a target what the registry is, while that serves: a pass over all records, then passes over what has changed since,
 * until one finds nothing. Rows of the target get revisions of its own, files names of its own. Cut short, it goes on from
 * what is there. Until it has ended whole, no server starts on the target.
 * @throws RegistryError `parameter-invalid` where the target holds something else, `unavailable` where another copy is at
 *   work on it, or the source could not keep its files, or bytes do not stay sound; `unsupported`; StoreError, BlobsError
 */
export async function copyRegistry(
  core: Core,
  request: CopyRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<CopyReport> {
  const { target, release, keepOpen } = request
  const bounds = { ...defaultCopyBounds, ...request.bounds }
  const registry = await registryId(core)
  return await whileHolding(core, 'copy', signal, async (hold) => {
    const parts = { core, target, registry, release, aliveTime: bounds.aliveTime }
    await using claim = await TargetClaim.take(parts, hold.signal)
    const run: CopyRun = {
      core,
      target,
      claim,
      bounds,
      progress,
      signal: claim.lost === undefined ? hold.signal : AbortSignal.any([hold.signal, claim.lost]),
      copied: { rows: 0, removedRows: 0, entries: 0, files: 0, bytes: 0 },
      content: newContentSeen(),
    }
    await leaveBegunFiles(run)
    const passes = new CopyPasses(run)
    const { last, content, verifiedAt = 0 } = await untilWhole(run, passes, request)
    // Until now, nothing that was copied can have lost its bytes.
    await hold.renew()
    if (keepOpen) await claim.keepOpen(verifiedAt)
    else if (content !== undefined) await claim.finish()
    const { lost } = run.content
    return {
      registry,
      asOf: last.asOf,
      whole: content !== undefined && !keepOpen,
      open: keepOpen,
      passes: passes.count,
      changed: last.changed,
      parts: last.parts,
      ...(content === undefined ? {} : { content }),
      copied: run.copied,
      damagedFiles: lost.count,
      damaged: lost.first,
      sound: lost.count === 0,
    }
  })
}

interface Ended {
  readonly last: PassSeen
  /** There where the target is whole, or is kept open. */
  readonly content?: Verified
  /** ms since 1970, when that began to be looked at. */
  readonly verifiedAt?: number
}

async function untilWhole(
  run: CopyRun,
  passes: CopyPasses,
  { moment, keepOpen }: Pick<CopyRequest, 'moment' | 'keepOpen'>,
): Promise<Ended> {
  const { store } = run.core
  if (!moment) return await mended(run, () => passes.untilQuiet(store), keepOpen)
  if (store.snapshot === undefined) {
    throw new RegistryError('unsupported', { what: 'a copy of one moment out of this store' })
  }
  const first = await passes.once(store)
  if (first.changed === 0) return await mended(run, () => passes.untilQuiet(store))
  run.progress({ phase: 'taking the state of one moment', done: 0, unit: 'rows' })
  const asOf = run.core.clock.now()
  await using snapshot = await store.snapshot()
  await passes.logs()
  return await mended(run, () => passes.untilQuiet(snapshot.reads, asOf))
}

/** Bytes that are not sound are written anew, and everything is looked at once more. */
async function mended(
  run: CopyRun,
  settle: () => Promise<PassSeen>,
  keepOpen: boolean = false,
): Promise<Ended> {
  for (let mendings = 0; ; mendings++) {
    const last = await settle()
    if (last.changed > 0 && !keepOpen) return { last }
    const verifiedAt = run.core.clock.now()
    const content = await verifyContent(run)
    const unsound = run.content.unsound.size
    if (unsound === 0) return { last, content, verifiedAt }
    if (mendings < run.bounds.mendings) continue
    throw new RegistryError('unavailable', {
      reason: `${unsound} blobs of the target do not keep their bytes, such as ${[...run.content.unsound][0]}: look at its disk, or at its bucket`,
      retryAfterMs: 60_000,
    })
  }
}
