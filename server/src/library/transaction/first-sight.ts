import { check } from '../../ports/store/change.ts'
import type { BatchId, Change, Key, Store } from '../../ports/store/store.ts'
import type { Table } from '../../ports/store/table.ts'
import type { SeenRows } from './seen-rows.ts'

/**
 * Guards what a transaction changes. Its changes are decided on a row as it is by then, and a patch has no revision at all;
 * but whoever changes something does so for what it was when they looked, by whatever operation that was. So before a
 * row's first change the transaction comes to rest on the row that it saw first.
 *
 * One for each overlay: what the overlay has changed is not looked at again.
 */
export class FirstSight {
  readonly #seen: SeenRows
  readonly #overlay: Pick<Store, 'commit'>
  readonly #newId: () => BatchId
  readonly #guarded = new Map<string, Promise<void>>()
  #isLost = false

  constructor(seen: SeenRows, overlay: Pick<Store, 'commit'>, newId: () => BatchId) {
    this.#seen = seen
    this.#overlay = overlay
    this.#newId = newId
  }

  /** Others had changed a row between the first look at it and its first change. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** To be waited for before the changes are made. */
  async guard(changes: readonly Change[]): Promise<void> {
    await Promise.all(changedRows(changes).map((row) => this.#guard(row)))
  }

  /** Whether one of these rows is in the base as it was seen no more: who tries again to change it tries in vain. */
  async isOutdated(changes: readonly Change[], base: Pick<Store, 'get'>): Promise<boolean> {
    const outdated = changedRows(changes).map(async ({ table, key }) => {
      const first = this.#seen.first(table, key)
      return first !== undefined && (await base.get(table, key))?.rev !== first
    })
    return (await Promise.all(outdated)).includes(true)
  }

  async #guard({ table, key }: ChangedRow): Promise<void> {
    const name = `${table.name} ${JSON.stringify(key)}`
    // Who changes the row at the same time waits for the same look: behind a change it would find that one.
    const guarded = this.#guarded.get(name) ?? this.#look(table, key)
    this.#guarded.set(name, guarded)
    try {
      await guarded
    } catch (error) {
      // The store has failed: whoever changes the row again looks again.
      this.#guarded.delete(name)
      throw error
    }
  }

  async #look(table: Table, key: Key): Promise<void> {
    const first = this.#seen.first(table, key)
    if (first === undefined) return
    const outcome = await this.#overlay.commit(this.#newId(), [check(table, key, first)])
    if (!outcome.ok) this.#isLost = true
  }
}

interface ChangedRow {
  readonly table: Table
  readonly key: Key
}

/** Those that were there before. */
function changedRows(changes: readonly Change[]): ChangedRow[] {
  return changes.flatMap((change) => {
    if (change.do === 'append' || change.do === 'insert' || change.do === 'check') return []
    const { table } = change
    const key = change.do === 'put' ? table.key.map((name) => change.row[name] ?? '') : change.key
    return [{ table, key }]
  })
}
