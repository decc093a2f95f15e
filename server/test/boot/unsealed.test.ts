import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditWorld } from '../core/audit/audit-world.ts'
import { testCore } from '../core/kit.ts'

const limits = { probeInterval: 1_000 }

test('entries that wait too long to be sealed are a warning, and make nothing unready', async () => {
  await using w = await auditWorld('memory', { limits })
  const found = async (): Promise<readonly string[] | undefined> => {
    const { ready, warnings } = await w.test.registry.health.ready()
    assert.equal(ready, true)
    return warnings
  }
  const told = (): readonly string[] =>
    w.test.telemetry.lines.map(({ level, message, fields }) => `${level} ${message} ${fields['part']}`)
  await w.done(2)
  assert.equal(await found(), undefined)
  await w.clock.advance(4_000)
  assert.equal(await found(), undefined, 'the first of them is five seconds old')
  await w.clock.advance(1_000)
  const late = await found()
  assert.equal(late?.length, 1)
  assert.match(
    late?.[0] ?? '',
    /^entries of the audit log wait for longer than 5s to be sealed, .*seal-audit/,
  )
  await w.clock.advance(60_000)
  assert.deepEqual(await found(), late)
  assert.deepEqual(told(), ['error a part is not well audit'])
  // Whoever has just begun has not had the time for what was left to it.
  const { store, blobs } = w.test
  const next = await testCore({ store, blobs, clock: w.clock, bootId: 'boot-2', limits })
  assert.equal((await next.registry.health.ready()).warnings, undefined)
  await w.clock.advance(6_000)
  assert.deepEqual((await next.registry.health.ready()).warnings, late)
  await next.journal.stop()
  await w.seal()
  await w.clock.advance(1_000)
  assert.equal(await found(), undefined)
  assert.deepEqual(told().slice(1), ['info a part is well again audit'])
})
