import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startTestRegistry, type TestRegistry } from '../../kit/test-registry.ts'
import { requirements } from './requirements/all.ts'
import { OciClient } from './requirements/oci-client.ts'

for (const engines of ['memory', 'disk'] as const) {
  describe(`the distribution spec, on ${engines}`, () => {
    let registry: TestRegistry
    before(async () => {
      registry = await startTestRegistry({ engines })
    })
    after(async () => {
      const errors = registry.telemetry.lines.filter(({ level }) => level === 'error')
      await registry[Symbol.asyncDispose]()
      assert.deepEqual(errors, [], 'nothing failed inside')
    })

    for (const { id, section, check } of requirements) {
      it(`${id} (${section})`, () => check(new OciClient(registry.url)))
    }
  })
}

describe('the requirements', () => {
  it('have ids of their own', () => {
    const ids = requirements.map(({ id }) => id)
    assert.deepEqual([...new Set(ids)], ids)
  })
})
