import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqliteSearch } from '../../../src/adapters/search/sqlite/open-sqlite-search.ts'
import { searchContract } from '../../../src/ports/search/suite.ts'

const harness = {
  can: { shared: false, durable: true },
  start: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-search-'))
    let engine = openSqliteSearch({ folder })
    return {
      engine,
      reopen: async () => {
        await engine.close()
        engine = openSqliteSearch({ folder })
        return engine
      },
      other: async (): Promise<never> => {
        throw new Error('it is not shared')
      },
      [Symbol.asyncDispose]: async () => {
        await engine.close()
        await rm(folder, { recursive: true })
      },
    }
  },
}

for (const { name, run } of searchContract(harness)) test(`sqlite: ${name}`, run)
