import { insert, patch, put, remove } from '../../../ports/store/change.ts'
import type { Store } from '../../../ports/store/store.ts'
import { type HoldRow, holds } from '../../content/tables.ts'
import type { Core } from '../../ledger/core.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { ClaimParts } from './copy-target.ts'
import { takenOver } from './refusals.ts'

const rowId = 'copy'
const renewalsPerLife = 4
const looksPerLife = 10

/**
 * Of a target that several processes may open: a row that this run renews, so that a second one does not begin beside it. One
 * that was killed renews no more, and whoever comes next waits for that. Clocks of two machines are not compared.
 */
export class SignOfLife implements AsyncDisposable {
  readonly #store: Store
  readonly #ledger: Ledger
  readonly #clock: Core['clock']
  readonly #by: string
  readonly #ended = new AbortController()
  readonly #lost = new AbortController()
  readonly #renewing: Promise<void>

  private constructor({ core, target, aliveTime }: ClaimParts, ledger: Ledger, by: string) {
    this.#store = target.store
    this.#ledger = ledger
    this.#clock = core.clock
    this.#by = by
    this.#renewing = this.#keepRenewing(aliveTime).catch((error: unknown) => this.#lost.abort(error))
  }

  /** @throws RegistryError `unavailable` where somebody else gives signs of life */
  static async give(parts: ClaimParts, ledger: Ledger, signal: AbortSignal): Promise<SignOfLife> {
    const { core, target } = parts
    const by = core.random.uuid()
    const dead = await deadRow(parts, signal)
    const row: HoldRow = { id: rowId, until: core.clock.now() + parts.aliveTime, by }
    await ledger.keep(async () => {
      const found = await target.store.get(holds, [rowId])
      if (found?.rev !== dead?.rev) throw takenOver()
      return {
        value: undefined,
        changes: [found === undefined ? insert(holds, row) : put(holds, row, found.rev)],
      }
    })
    return new SignOfLife(parts, ledger, by)
  }

  /** Aborts where the row is another's, or could not be renewed. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** The next one need not wait. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#renewing
    await this.#ledger
      .keep(async () => {
        const own = (await this.#store.get(holds, [rowId]))?.by === this.#by
        return { value: undefined, changes: own ? [remove(holds, [rowId])] : [] }
      })
      // It ends by itself: whoever comes next waits a little.
      .catch(() => undefined)
  }

  async #keepRenewing(aliveTime: number): Promise<void> {
    for (;;) {
      await this.#clock.idle(aliveTime / renewalsPerLife, this.#ended.signal)
      if (this.#ended.signal.aborted) return
      await this.#ledger.keep(async () => {
        const row = await this.#store.get(holds, [rowId])
        if (row?.by !== this.#by) throw takenOver()
        const until = this.#clock.now() + aliveTime
        return { value: undefined, changes: [patch(holds, [rowId], { set: { until } })] }
      })
    }
  }
}

/** The row as it stayed for a whole life; undefined where there is none. @throws RegistryError `unavailable` */
async function deadRow(
  { core, target, aliveTime }: ClaimParts,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<Store['get']>>> {
  const read = () => target.store.get(holds, [rowId])
  const first = await read()
  const began = core.clock.monotonic()
  while (first !== undefined && core.clock.monotonic() - began < aliveTime) {
    await core.clock.sleep(aliveTime / looksPerLife, signal)
    signal.throwIfAborted()
    const now = await read()
    if (now === undefined) return undefined
    if (now.rev !== first.rev) throw takenOver()
  }
  return first
}
