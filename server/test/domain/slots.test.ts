import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Slots } from '../../src/domain/slots.ts'

describe('slots', () => {
  it('hold what was put and not yet taken, each under a number of its own', () => {
    const step = fc.oneof(fc.constant('put' as const), fc.nat(20))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const slots = new Slots<{ readonly made: number }>()
        const held = new Map<number, { readonly made: number }>()
        let most = 0
        steps.forEach((each, made) => {
          if (each === 'put') {
            const at = slots.put({ made })
            assert.ok(!held.has(at))
            held.set(at, { made })
          } else {
            assert.deepEqual(slots.take(each), held.get(each))
            held.delete(each)
          }
          most = Math.max(most, held.size)
          assert.equal(slots.size, held.size)
          // Numbers are used again.
          assert.equal(slots.reach, most)
        })
        for (let at = 0; at <= 20; at++) assert.deepEqual(slots.get(at), held.get(at))
        const made = (things: Iterable<{ readonly made: number }>): number[] =>
          [...things].map((thing) => thing.made).toSorted((a, b) => a - b)
        assert.deepEqual(made(slots.values()), made(held.values()))
      }),
    )
  })
})
