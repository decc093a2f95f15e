import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import { unwrap } from '../../../src/library/result.ts'

test('the organization of an artifact stays: another one is refused, the same can be given', async () => {
  const backend = new MemoryBackend({ jobs: false })
  unwrap(await backend.connect())
  const metadata = { name: 'Ada', organization: ' Größe ' }
  const { id } = unwrap(await backend.create({ type: 'skill', source: 'x', metadata }))
  const before = unwrap(await backend.read(id))
  assert.equal(before.metadata.organization, 'Größe')
  for (const organization of ['zzz', 'größe', '', null]) {
    const result = await backend.update(id, { metadata: { name: 'Bo', organization } as never })
    assert.ok(!result.ok)
    assert.deepEqual([result.error.code, result.error.field], ['VALIDATION', 'metadata.organization'])
  }
  assert.deepEqual(unwrap(await backend.read(id)), before)
  for (const organization of ['Größe', ' Größe ']) {
    const same = unwrap(await backend.update(id, { metadata: { description: 'd', organization } }))
    assert.equal(same.metadata.organization, 'Größe')
  }
  const ofNobody = unwrap(await backend.create({ type: 'skill', source: 'x', metadata: { name: 'Nobody' } }))
  unwrap(await backend.update(ofNobody.id, { metadata: { organization: '' } }))
  const taken = await backend.update(ofNobody.id, { metadata: { organization: 'acme' } })
  assert.ok(!taken.ok && taken.error.field === 'metadata.organization')
  unwrap(await backend.disconnect())
})
