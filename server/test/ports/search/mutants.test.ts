import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import type { SearchHarness } from '../../../src/ports/search/suite/harness.ts'
import { searchContract } from '../../../src/ports/search/suite.ts'
import type { Mutant } from './mutant.ts'
import { mutants } from './mutants.ts'

describe('a search engine that is wrong in one way fails the suite', () => {
  for (const mutant of mutants)
    test(mutant.name, async () => {
      const found = searchContract(spoilt(mutant)).find(({ name }) => name === mutant.caughtBy)
      assert.ok(found, `the suite has no case "${mutant.caughtBy}"`)
      await assert.rejects(found.run(), assert.AssertionError, `not noticed by "${mutant.caughtBy}"`)
    })
})

test('a search engine that is made the same way and is right passes the suite', async () => {
  for (const { run } of searchContract(spoilt({ wrong: () => ({}) }))) await run()
})

function spoilt({ wrong }: Pick<Mutant, 'wrong'>): SearchHarness {
  return {
    can: { shared: false, durable: false },
    start: async () => {
      const right = openMemorySearch()
      const spoils = wrong(right)
      const engine = new Proxy(right, {
        get: (_, name) => {
          if (Object.hasOwn(spoils, name)) return Reflect.get(spoils, name)
          const member = Reflect.get(right, name) as unknown
          return typeof member === 'function' ? member.bind(right) : member
        },
      }) as SearchEngine
      const none = async (): Promise<never> => {
        throw new Error('memory is neither shared nor durable')
      }
      return { engine, reopen: none, other: none, [Symbol.asyncDispose]: () => right.close() }
    },
  }
}
