import { test } from 'node:test'
import { backendContract } from '../../../src/library/backend-suite.ts'
import { SQLiteBackend } from '../../../src/library/sqlite-backend.ts'
import { backendHarness } from './harness.ts'

const harness = backendHarness(false, async () => ({
  make: (options) => new SQLiteBackend({ filename: ':memory:', ...options }),
  remove: async () => undefined,
}))

for (const { name, run } of backendContract(harness)) test(`sqlite :memory:: ${name}`, run)
