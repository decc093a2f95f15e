import { describe, test } from 'node:test'
import { storeContract } from '../../../../src/ports/store/suite.ts'
import { sqliteHarness } from './sqlite-harness.ts'

describe('the SQLite engine', { concurrency: 4 }, () => {
  for (const { name, run } of storeContract(sqliteHarness)) test(name, run)
})
