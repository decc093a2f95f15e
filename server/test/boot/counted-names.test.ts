import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jobHandlers, schedules } from '../../src/jobs/handlers.ts'
import { jobKinds } from '../../src/ports/telemetry/metrics.ts'
import { startTestRegistry } from '../kit/test-registry.ts'

test('every kind of job is counted under its own name', async () => {
  await using registry = await startTestRegistry()
  const { composed, config } = registry
  const kinds = [...jobHandlers(composed, schedules(composed, { ...config.limits, ...config.search })).keys()]
  assert.ok(kinds.length > 0)
  assert.deepEqual(
    kinds.filter((kind) => !jobKinds.includes(kind)),
    [],
  )
})
