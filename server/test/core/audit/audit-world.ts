import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { ManualClock } from '../../../src/adapters/clock/manual/manual-clock.ts'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { openSqliteStore } from '../../../src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../../src/boot/schema.ts'
import { type Sealed, sealAudit } from '../../../src/core/audit/seal.ts'
import { type AuditChainRow, auditChain, auditHeads } from '../../../src/core/audit/tables.ts'
import {
  type AuditVerifyOptions,
  type AuditVerifyReport,
  verifyAudit,
} from '../../../src/core/audit/verify-audit.ts'
import { type AuditRow, auditEntries, secrets } from '../../../src/core/ledger/tables.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert, patch, remove } from '../../../src/ports/store/change.ts'
import type { Change, Store } from '../../../src/ports/store/store.ts'
import type { Row, Table } from '../../../src/ports/store/table.ts'
import { temporaryFolder } from '../../adapters/store/sqlite/sqlite-harness.ts'
import { allRows } from '../invariants.ts'
import { type TestCore, type TestCoreOptions, testCore } from '../kit.ts'

export const hour = 3_600_000

/** Changes rows as whoever has the records can, past everything that the registry would write of it. */
export interface Beneath {
  set(table: Table, key: string | number, columns: Row): Promise<void>
  remove(table: Table, key: string | number): Promise<void>
  add(table: Table, row: Row): Promise<void>
}

export interface AuditWorld extends AsyncDisposable {
  readonly test: TestCore
  readonly clock: ManualClock
  readonly beneath: Beneath
  /** So many changes, an entry each, a second apart. */
  done(count: number, namespace?: string): Promise<void>
  seal(): Promise<Sealed>
  verify(options?: AuditVerifyOptions): Promise<AuditVerifyReport>
  /** In the order of the chain. */
  entries(): Promise<readonly AuditRow[]>
  chain(): Promise<AuditChainRow>
}

export const table = { entries: auditEntries, heads: auditHeads, chain: auditChain } as unknown as Readonly<
  Record<'entries' | 'heads' | 'chain', Table>
>

export const never: AbortSignal = new AbortController().signal

export async function auditWorld(
  engine: 'memory' | 'sqlite' = 'memory',
  options: Omit<TestCoreOptions, 'clock'> = {},
): Promise<AuditWorld> {
  // Of a store that is given, the server has a clock of its own.
  const clock = new ManualClock(options.store && Date.now())
  const now = (): number => clock.now()
  const folder = engine === 'sqlite' ? await temporaryFolder() : undefined
  const store =
    options.store ??
    (folder === undefined
      ? await openMemoryStore(schema, { now })
      : await openSqliteStore({ folder: folder.path, now, readers: 1 }, schema))
  const test = await testCore({ ...options, clock, store })
  const { core } = test
  let changes = 0
  return {
    test,
    clock,
    beneath:
      folder === undefined ? beneathMemory(store, clock) : beneathSqlite(join(folder.path, 'lading.db')),
    done: async (count, namespace = 'acme') => {
      for (let n = 0; n < count; n++) {
        await clock.advance(1000)
        const name = `change ${changes++}`
        await core.ledger.change(test.caller, async () => ({
          value: undefined,
          changes: [insert(secrets, { name, bytes: new Uint8Array() })],
          deeds: [
            { action: 'tag.move', repository: `${namespace}/app`, target: name, after: `sha256:${changes}` },
          ],
        }))
      }
    },
    seal: () => sealAudit(core, { headInterval: hour }, never),
    verify: (given = {}) => verifyAudit(core, given, () => undefined, never),
    entries: async () =>
      (await allRows(store, auditEntries)).map(({ rev: _, ...row }) => row).sort((a, b) => a.seq - b.seq),
    chain: async () => (await store.get(auditChain, ['chain'])) as AuditChainRow,
    [Symbol.asyncDispose]: async () => {
      await test[Symbol.asyncDispose]()
      await folder?.[Symbol.asyncDispose]()
    },
  }
}

function beneathMemory(store: Store, clock: ManualClock): Beneath {
  let batches = 0
  const commit = async (change: Change): Promise<void> => {
    const id = newBatchId(clock.now(), () => Buffer.from(String(batches++).padStart(10, '0')))
    const outcome = await store.commit(id, [change])
    if (!outcome.ok) throw new Error(`the rows could not be changed: ${outcome.why}`)
  }
  return {
    set: (of, key, columns) => commit(patch(of, [key], { set: columns })),
    remove: (of, key) => commit(remove(of, [key])),
    add: (of, row) => commit(insert(of, row)),
  }
}

function beneathSqlite(path: string): Beneath {
  const run = async (sql: string, values: readonly unknown[]): Promise<void> => {
    using db = new DatabaseSync(path, { timeout: 5_000 })
    const { changes } = db.prepare(sql).run(...(values as SQLInputValue[]))
    if (changes !== 1) throw new Error(`${changes} rows were changed by ${sql}`)
  }
  const names = (row: Row): readonly string[] => Object.keys(row)
  return {
    set: (of, key, columns) =>
      run(
        `UPDATE "${of.name}" SET ${names(columns).map((name) => `"${name}" = ?`)} WHERE "${of.key[0]}" = ?`,
        [...Object.values(columns), key],
      ),
    remove: (of, key) => run(`DELETE FROM "${of.name}" WHERE "${of.key[0]}" = ?`, [key]),
    add: (of, row) =>
      run(
        `INSERT INTO "${of.name}" (${names(row).map((name) => `"${name}"`)}, "rev") VALUES (${names(row).map(() => '?')}, 'forged')`,
        Object.values(row),
      ),
  }
}
