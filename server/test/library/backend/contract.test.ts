import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { backendContract } from '../../../src/library/backend-suite.ts'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import { SQLiteBackend } from '../../../src/library/sqlite-backend.ts'
import { backendHarness } from './harness.ts'

const inMemory = backendHarness(false, async () => ({
  make: (options) => new MemoryBackend(options),
  remove: async () => undefined,
}))

const inFolder = backendHarness(true, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-backend-'))
  return {
    make: (options) => new SQLiteBackend({ filename: join(folder, 'lading.db'), ...options }),
    remove: () => rm(folder, { recursive: true }),
  }
})

const inNoFolder = backendHarness(false, async () => ({
  make: (options) => new SQLiteBackend({ filename: ':memory:', ...options }),
  remove: async () => undefined,
}))

for (const { name, run } of backendContract(inMemory)) test(`memory: ${name}`, run)
for (const { name, run } of backendContract(inFolder)) test(`sqlite: ${name}`, run)
for (const { name, run } of backendContract(inNoFolder)) test(`sqlite :memory:: ${name}`, run)
