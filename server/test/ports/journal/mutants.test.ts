import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StoreJournal } from '../../../src/adapters/journal/store/store-journal.ts'
import type { JournalHarness } from '../../../src/ports/journal/suite/harness.ts'
import { journalContract } from '../../../src/ports/journal/suite.ts'
import { inMemory } from '../../adapters/journal/store/harnesses.ts'
import { storeJournalHarness } from '../../adapters/journal/store/store-journal-harness.ts'
import { type Mutant, mutants } from './mutants.ts'

/** Cases wait for what never comes in a wrong engine: not for long. */
const patience = 500

const spoilt = ({ make }: Pick<Mutant, 'make'>): JournalHarness => ({
  ...storeJournalHarness({ ...inMemory, spoil: make }),
  patience,
})

describe('a journal that is wrong in one way fails the suite', () => {
  for (const mutant of mutants) {
    test(mutant.name, async () => {
      const found = journalContract(spoilt(mutant)).find(({ name }) => name === mutant.caughtBy)
      assert.ok(found, `the suite has no case "${mutant.caughtBy}"`)
      await assert.rejects(found.run(), assert.AssertionError, `not noticed by "${mutant.caughtBy}"`)
    })
  }
})

test('a journal that is made the same way and is right passes the suite', async () => {
  for (const { run } of journalContract(
    spoilt({ make: (parts, options) => new StoreJournal(parts, options) }),
  )) {
    await run()
  }
})
