import { test } from 'node:test'
import { backendContract } from '../../../src/library/backend-suite.ts'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import { backendHarness } from './harness.ts'

const harness = backendHarness(false, async () => ({
  make: (options) => new MemoryBackend(options),
  remove: async () => undefined,
}))

for (const { name, run } of backendContract(harness)) test(`memory: ${name}`, run)
