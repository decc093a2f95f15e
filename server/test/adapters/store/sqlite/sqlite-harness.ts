import { mkdtemp, rm } from 'node:fs/promises'
import { enableCompileCache } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore, type SqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import type { StoreHarness } from '../../../../src/ports/store/suite/harness.ts'

// Each store starts threads, and each thread would strip the types of its files again.
enableCompileCache()

export const sqliteHarness: StoreHarness = {
  can: { durable: true, shared: false, snapshot: true },
  now: Date.now,
  async start(schema) {
    const folder = await temporaryFolder()
    let current: SqliteStore = await openSqliteStore({ folder: folder.path }, schema)
    return {
      store: current,
      reopen: async () => {
        await current.close()
        current = await openSqliteStore({ folder: folder.path }, schema)
        return current
      },
      [Symbol.asyncDispose]: async () => {
        await current.close()
        await folder[Symbol.asyncDispose]()
      },
    }
  },
}

/** Taken away, with everything in it, when disposed. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'lading-store-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}
