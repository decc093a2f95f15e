import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { ArtifactIds, isArtifactId } from '../../src/domain/artifact-id.ts'

const at = 0x0199_1234_5678

test('an id is a UUID of version 7, whose first bits are the time and whose last ones are the chance given', () => {
  const id = new ArtifactIds().next(at, Buffer.from('02bc3456789abcdef012', 'hex'))
  assert.equal(id, '01991234-5678-72bc-b456-789abcdef012')
  assert.ok(isArtifactId(id))
})

test('ids of one millisecond rise, 2,048 at least, whatever chance they begin with', () => {
  for (const first of ['0000', 'ffff', '07ff', '0800']) {
    const ids = new ArtifactIds()
    const begun = ids.next(at, Buffer.concat([Buffer.from(first, 'hex'), randomBytes(8)]))
    const made = [begun, ...Array.from({ length: 2_048 }, () => ids.next(at, randomBytes(10)))]
    assert.deepEqual(made.toSorted(), made)
    assert.equal(new Set(made).size, made.length)
  }
})

test('beyond what a millisecond can count, and when the clock was set back, ids are still of their own', () => {
  const ids = new ArtifactIds()
  const made = Array.from({ length: 10_000 }, () => ids.next(at, randomBytes(10)))
  const back = Array.from({ length: 100 }, () => ids.next(at - 1, randomBytes(10)))
  assert.ok([...made, ...back].every((id) => isArtifactId(id)))
  assert.equal(new Set([...made, ...back]).size, 10_100)
  assert.ok(back.every((id) => made.every((other) => id < other)))
  assert.deepEqual(back.toSorted(), back)
})
