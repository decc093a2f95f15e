import { describe, test } from 'node:test'
import { storeContract } from '../../../../src/ports/store/suite.ts'
import { memoryHarness } from './memory-harness.ts'

describe('the memory engine', () => {
  for (const { name, run } of storeContract(memoryHarness)) test(name, run)
})
