import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { searchContract } from '../../../src/ports/search/suite.ts'

const harness = {
  can: { shared: false, durable: false },
  start: async () => {
    const engine = openMemorySearch()
    const none = async (): Promise<never> => {
      throw new Error('memory is neither shared nor durable')
    }
    return { engine, reopen: none, other: none, [Symbol.asyncDispose]: () => engine.close() }
  },
}

for (const { name, run } of searchContract(harness)) test(`memory: ${name}`, run)
