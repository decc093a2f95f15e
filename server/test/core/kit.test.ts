import { test } from 'node:test'
import { checkInvariants } from './invariants.ts'
import { testCore } from './kit.ts'

test('an empty registry contradicts nothing', async () => {
  await using core = await testCore()
  await checkInvariants(core.core)
})
