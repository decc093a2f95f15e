import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { backendContract } from '../../../src/library/backend-suite.ts'
import { SQLiteBackend } from '../../../src/library/sqlite-backend.ts'
import { backendHarness } from './harness.ts'

const harness = backendHarness(true, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-backend-'))
  return {
    make: (options) => new SQLiteBackend({ filename: join(folder, 'lading.db'), ...options }),
    remove: () => rm(folder, { recursive: true }),
  }
})

for (const { name, run } of backendContract(harness)) test(`sqlite: ${name}`, run)
