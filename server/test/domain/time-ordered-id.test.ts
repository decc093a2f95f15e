import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeOrderedId } from '../../src/domain/time-ordered-id.ts'

test('an id is a UUID of version 7, whose first bits are the time', () => {
  const id = timeOrderedId(0x0199_1234_5678, '00000000-0000-4000-8abc-0123456789ab')
  assert.equal(id, '01991234-5678-7000-8abc-0123456789ab')
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('ids sort by the time at which they were made, and two of one time differ', () => {
  const times = [1, 2, 1_000, 1_767_225_600_000, 1_767_225_600_001]
  const ids = times.map((time) => timeOrderedId(time, crypto.randomUUID()))
  assert.deepEqual(ids.toSorted(), ids)
  assert.notEqual(timeOrderedId(5, crypto.randomUUID()), timeOrderedId(5, crypto.randomUUID()))
})
