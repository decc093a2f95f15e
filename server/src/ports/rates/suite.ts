import assert from 'node:assert/strict'
import type { ContractCase } from '../contract.ts'
import type { Rates } from './rates.ts'

export interface RatesHarness {
  /** `takers`: each sees the same buckets, all of which are full. */
  open(takers: number): Promise<RatesWorld>
}

export interface RatesWorld extends AsyncDisposable {
  readonly takers: readonly Rates[]
  /** Lets so much time pass, at least. */
  pass(ms: number): Promise<void>
}

/** What all that keep buckets must do. */
export function ratesContract(harness: RatesHarness): ContractCase[] {
  return cases.map(({ name, check }) => ({
    name,
    run: async () => {
      await using world = await harness.open(3)
      await check(world, world.takers[0] as Rates)
    },
  }))
}

/** Slow enough that nothing drips while a case runs. */
const slow = { tokens: 5, periodMs: 3_600_000 }
const quick = { tokens: 4, periodMs: 400 }

const cases: readonly {
  readonly name: string
  check(world: RatesWorld, rates: Rates): Promise<void>
}[] = [
  {
    name: 'a bucket is full at first, and gives each token once',
    check: async (_, rates) => {
      for (const left of [4, 3, 2, 1, 0]) {
        const taken = await rates.take('a', slow)
        assert.deepEqual([taken.allowed, taken.left, taken.retryAfterMs], [true, left, 0])
      }
      const taken = await rates.take('a', slow)
      assert.deepEqual([taken.allowed, taken.left], [false, 0])
      within(taken.retryAfterMs, slow.periodMs / 5)
      within(taken.fullAfterMs, slow.periodMs)
    },
  },
  {
    name: 'who was refused has taken nothing',
    check: async (world, rates) => {
      await rates.take('a', quick, 4)
      for (let tries = 0; tries < 50; tries++) await rates.take('a', quick)
      await world.pass(quick.periodMs / 4)
      assert.equal((await rates.take('a', quick)).allowed, true)
    },
  },
  {
    name: 'tokens drip one after the other, and never beyond what the bucket holds',
    check: async (world, rates) => {
      await rates.take('a', quick, 4)
      await world.pass(quick.periodMs / 2)
      assert.equal((await rates.take('a', quick, 2)).allowed, true)
      await world.pass(quick.periodMs * 5)
      assert.equal((await rates.take('a', { ...slow, tokens: 4 }, 5)).allowed, false)
      const taken = await rates.take('a', quick, 4)
      assert.equal(taken.allowed, true)
    },
  },
  {
    name: 'several are taken whole or not at all',
    check: async (_, rates) => {
      assert.equal((await rates.take('a', slow, 3)).left, 2)
      assert.deepEqual(pick(await rates.take('a', slow, 3)), [false, 2])
      assert.deepEqual(pick(await rates.take('a', slow, 2)), [true, 0])
      assert.equal((await rates.take('b', slow, 6)).allowed, false)
      assert.deepEqual(pick(await rates.take('b', slow, 5)), [true, 0])
    },
  },
  {
    name: 'looking takes nothing, and says whether there is one',
    check: async (_, rates) => {
      for (let looks = 0; looks < 10; looks++)
        assert.deepEqual(pick(await rates.take('a', slow, 0)), [true, 5])
      await rates.take('a', slow, 5)
      const looked = await rates.take('a', slow, 0)
      assert.deepEqual(pick(looked), [false, 0])
      within(looked.retryAfterMs, slow.periodMs / 5)
    },
  },
  {
    name: 'what is given back can be taken again, and never makes more than a full bucket',
    check: async (_, rates) => {
      await rates.take('a', slow, 5)
      assert.equal((await rates.take('a', slow, -2)).left, 2)
      assert.equal((await rates.take('a', slow, -9)).left, 5)
      assert.equal((await rates.take('a', slow, 6)).allowed, false)
      assert.equal((await rates.take('never taken', slow, -9)).left, 5)
    },
  },
  {
    name: 'each name has a bucket of its own, whatever it looks like',
    check: async (_, rates) => {
      const names = ['', 'a', 'A', 'a ', 'a\0', '__proto__', '{a}', 'ä', 'a'.repeat(5_000), '203.0.113.7']
      for (const name of names) assert.equal((await rates.take(name, slow, 5)).allowed, true, name)
      for (const name of names) assert.equal((await rates.take(name, slow)).allowed, false, name)
    },
  },
  {
    name: 'however many take at once, and wherever, no more than there are get one',
    check: async ({ takers }) => {
      const taking = Array.from({ length: 60 }, async (_, at) => {
        const rates = takers[at % takers.length] as Rates
        return (await rates.take('a', { tokens: 25, periodMs: 3_600_000 })).allowed
      })
      const allowed = (await Promise.all(taking)).filter((one) => one)
      assert.equal(allowed.length, 25)
    },
  },
]

const pick = ({ allowed, left }: { allowed: boolean; left: number }): unknown[] => [allowed, left]

/** Something passes while a case runs. */
function within(ms: number, most: number): void {
  assert.ok(ms > most - 60_000 && ms <= most + 1, `${ms} of ${most} ms`)
}
