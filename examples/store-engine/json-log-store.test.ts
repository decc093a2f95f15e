import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type StoreHarness, storeContract } from 'lading/testing'
import { openJsonLogStore } from './json-log-store.ts'

const harness: StoreHarness = {
  can: { durable: true, shared: false, snapshot: false },
  now: Date.now,
  async start(schema) {
    const folder = await mkdtemp(join(tmpdir(), 'json-log-'))
    const file = join(folder, 'records')
    let store = await openJsonLogStore(file, schema)
    return {
      store,
      async reopen() {
        await store.close()
        // As a process leaves it that was cut off while it wrote.
        await appendFile(file, '{"id":"cut o')
        store = await openJsonLogStore(file, schema)
        return store
      },
      async [Symbol.asyncDispose]() {
        await store.close()
        await rm(folder, { recursive: true })
      },
    }
  },
}

describe('a store in a file of JSON lines', () => {
  for (const { name, run } of storeContract(harness)) test(name, run)
})
