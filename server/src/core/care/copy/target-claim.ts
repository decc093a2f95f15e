import { check, insert, put, remove } from '../../../ports/store/change.ts'
import type { BatchId, Change } from '../../../ports/store/store.ts'
import { uploadKeyName } from '../../content/upload-key.ts'
import { Ledger } from '../../ledger/ledger.ts'
import { secrets } from '../../ledger/tables.ts'
import { registryOfKey } from '../registry-id.ts'
import type { ClaimParts, CopyTarget } from './copy-target.ts'
import { type CopyMark, copyMarkRow, halfCopiedName, readCopyMark } from './half-copied.ts'
import { refusedTarget, takenOver } from './refusals.ts'
import { requireEmpty } from './require-empty.ts'
import { SignOfLife } from './sign-of-life.ts'

/**
 * The target as this run's own. Its mark names the registry, and every batch checks that the mark is as this run left it:
 * who was taken over writes nothing more.
 */
export class TargetClaim implements AsyncDisposable {
  readonly #target: CopyTarget
  readonly #ledger: Ledger
  readonly #life: SignOfLife | undefined
  #mark: CopyMark
  #rev: BatchId

  private constructor(
    target: CopyTarget,
    ledger: Ledger,
    own: { readonly life: SignOfLife | undefined; readonly mark: CopyMark; readonly rev: BatchId },
  ) {
    this.#target = target
    this.#ledger = ledger
    this.#life = own.life
    this.#mark = own.mark
    this.#rev = own.rev
  }

  /**
   * @throws RegistryError `parameter-invalid` where the target holds something else, `unavailable` where another copy is at
   *   work on it
   */
  static async take(parts: ClaimParts, signal: AbortSignal): Promise<TargetClaim> {
    const { target, registry, release, core } = parts
    const ledger = ledgerOn(parts)
    const found = await readCopyMark(target.store)
    if (found === undefined) await requireFree(parts)
    else if (found.mark.registry !== registry) {
      throw refusedTarget(
        `a copy of another registry into it was begun at ${new Date(found.mark.begunAt).toISOString()}`,
      )
    }
    // Where one process alone can open the store, whoever was there before is gone.
    const life = target.store.can.shared ? await SignOfLife.give(parts, ledger, signal) : undefined
    try {
      const now = core.clock.now()
      const begun = { format: 1, registry, begunAt: now, passes: 0, asOf: 0, verifiedAt: 0 } as const
      const mark = { ...begun, ...found?.mark, release }
      // What is written from now on has to be told by its time from what was there.
      const verifiedAt = mark.verifiedAt < now ? mark.verifiedAt : 0
      const rev = await writeMark(target, ledger, { ...mark, verifiedAt }, found?.row.rev)
      return new TargetClaim(target, ledger, { life, mark: { ...mark, verifiedAt }, rev })
    } catch (error) {
      await life?.[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Aborts where this run can no longer say that the target is its own. */
  get lost(): AbortSignal | undefined {
    return this.#life?.lost
  }

  /** ms since 1970: an earlier run has verified the files of blobs that nobody has written since. 0: of none. */
  get verifiedAt(): number {
    return this.#mark.verifiedAt
  }

  /** All or nothing, as every batch. @throws RegistryError `unavailable` where another copy has taken over */
  async write(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return
    await this.#ledger.keep(async () => {
      await this.#requireOwn()
      return { value: undefined, changes: [check(secrets, [halfCopiedName], this.#rev), ...changes] }
    })
  }

  /** One more pass has ended that began then. */
  async note(asOf: number): Promise<void> {
    await this.#remark({ passes: this.#mark.passes + 1, asOf })
  }

  /** On return another run may go on with the target, and need not read again what was verified by then. */
  async keepOpen(verifiedAt: number): Promise<void> {
    await this.#remark({ verifiedAt })
  }

  /** On return the target is a registry like any other. */
  async finish(): Promise<void> {
    await this.#ledger.keep(async () => {
      await this.#requireOwn()
      return { value: undefined, changes: [remove(secrets, [halfCopiedName], { rev: this.#rev })] }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#life?.[Symbol.asyncDispose]()
  }

  async #remark(changed: Partial<CopyMark>): Promise<void> {
    this.#mark = { ...this.#mark, ...changed }
    this.#rev = await writeMark(this.#target, this.#ledger, this.#mark, this.#rev)
  }

  async #requireOwn(): Promise<void> {
    const row = await this.#target.store.get(secrets, [halfCopiedName])
    if (row?.rev !== this.#rev) throw takenOver()
  }
}

/** @throws RegistryError `parameter-invalid` where somebody has put anything there */
async function requireFree({ target, registry }: ClaimParts): Promise<void> {
  const key = await target.store.get(secrets, [uploadKeyName])
  if (key !== undefined && registryOfKey(key.bytes) === registry) {
    throw refusedTarget(
      'it holds a registry already: a copy of this one that has ended, and takes no more of it',
    )
  }
  await requireEmpty(target)
}

/** Answers the revision of the row. `known`: the one it has, or none. */
async function writeMark(
  { store }: CopyTarget,
  ledger: Ledger,
  mark: CopyMark,
  known: BatchId | undefined,
): Promise<BatchId> {
  const row = copyMarkRow(mark)
  await ledger.keep(async () => {
    const standing = await store.get(secrets, [halfCopiedName])
    if (standing?.rev !== known) throw takenOver()
    return {
      value: undefined,
      changes: [known === undefined ? insert(secrets, row) : put(secrets, row, known)],
    }
  })
  const written = await store.get(secrets, [halfCopiedName])
  if (written === undefined || Buffer.compare(written.bytes, row.bytes) !== 0) throw takenOver()
  return written.rev
}

/** Nothing here is a user's change: no jobs, no events. */
function ledgerOn({ core, target }: ClaimParts): Ledger {
  const { clock, random, telemetry, limits } = core
  return new Ledger({
    store: target.store,
    clock,
    random,
    journal: { enqueue: () => [], wake: () => {} },
    telemetry,
    published: () => {},
    commitRetries: limits.commitRetries,
  })
}
