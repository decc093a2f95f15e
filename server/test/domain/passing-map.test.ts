import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { PassingMap } from '../../src/domain/passing-map.ts'

const key = fc.nat(120).map((number) => `key ${number}`)
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key, value: fc.nat() }),
  fc.record({ do: fc.constant('delete' as const), key }),
)

describe('passing map', () => {
  it('has what a map has, in its order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
        const map = new Map<string, number>()
        const passing = new PassingMap<string, number>()
        for (const each of steps) {
          if (each.do === 'delete') assert.equal(passing.delete(each.key), map.delete(each.key))
          else {
            map.set(each.key, each.value)
            passing.set(each.key, each.value)
          }
          assert.equal(passing.size, map.size)
          assert.equal(passing.oldest, map.keys().next().value)
        }
        assert.deepEqual([...passing.values()], [...map.values()])
        for (let number = 0; number <= 120; number++) {
          const name = `key ${number}`
          assert.equal(passing.get(name), map.get(name))
          assert.equal(passing.has(name), map.has(name))
        }
      }),
    )
  })
})
