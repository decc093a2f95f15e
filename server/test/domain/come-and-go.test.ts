import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PassingMap } from '../../src/domain/passing-map.ts'
import { Slots } from '../../src/domain/slots.ts'
import { leftAmongOld } from '../kit/old-garbage.ts'

const times = 40_000
const held = 8
const thing = (at: number): number[] => new Array(128).fill(at)

interface Place {
  set(key: string, value: object): unknown
  delete(key: string): boolean
}

/** Each comes, and the one that came eight before it goes. */
function throughPlace(place: Place): (at: number) => void {
  return (at) => {
    place.set(`key ${at % 1000}`, thing(at))
    place.delete(`key ${(at + 1000 - held) % 1000}`)
  }
}

test('a passing map leaves nothing of what has gone to the full collection', () => {
  const place = new PassingMap<string, object>()
  const left = leftAmongOld(times, throughPlace(place))
  assert.ok(left < 10, `${left} bytes an entry`)
  assert.equal(place.size, held)
})

test('slots leave nothing of what was taken to the full collection', () => {
  const slots = new Slots<number[]>()
  const numbers: number[] = []
  const left = leftAmongOld(times, (at) => {
    if (slots.size === held) slots.take(numbers[at % held] as number)
    numbers[at % held] = slots.put(thing(at))
  })
  assert.ok(left < 10, `${left} bytes a thing`)
  assert.equal(slots.size, held)
})

test('both are needed as long as a map leaves much', () => {
  // What else the process does may have its small collections come at better times.
  const rounds = Array.from({ length: 5 }, () => leftAmongOld(times, throughPlace(new Map<string, object>())))
  const left = Math.max(...rounds)
  assert.ok(left > 100, `${left} bytes an entry: a map would do`)
})
