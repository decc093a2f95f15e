import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StoreHarness } from '../../../src/ports/store/suite/harness.ts'
import { storeContract } from '../../../src/ports/store/suite.ts'
import { memoryHarness } from '../../adapters/store/memory/memory-harness.ts'
import { type Mutant, spoilt } from './mutant.ts'
import { readMutants } from './read-mutants.ts'
import { snapshotMutants } from './snapshot-mutants.ts'
import { writeMutants } from './write-mutants.ts'

const spoiltMemory = (mutant: Mutant): StoreHarness => ({
  ...memoryHarness,
  start: async (schema) => {
    const fixture = await memoryHarness.start(schema)
    return {
      store: spoilt(fixture.store, mutant),
      reopen: fixture.reopen,
      [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
    }
  },
})

function caseNamed(harness: StoreHarness, wanted: string): () => Promise<void> {
  const found = storeContract(harness).find(({ name }) => name === wanted)
  assert.ok(found !== undefined, `the suite has no case "${wanted}"`)
  return found.run
}

describe('an engine that is wrong in one way fails the suite', () => {
  for (const mutant of [...writeMutants, ...readMutants, ...snapshotMutants]) {
    test(mutant.name, async () => {
      const run = caseNamed(spoiltMemory(mutant), mutant.caughtBy)
      await assert.rejects(run, assert.AssertionError, `not noticed by "${mutant.caughtBy}"`)
    })
  }
})

test('a wrapper that spoils nothing passes the suite', async () => {
  const harness = spoiltMemory({ name: 'none', caughtBy: 'none', spoil: () => ({}) })
  for (const { run } of storeContract(harness)) await run()
})
