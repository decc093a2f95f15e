import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { drawn, type Rate, type Taken } from '../../../src/domain/rate.ts'
import type { Rates } from '../../../src/ports/rates/rates.ts'
import { ratesContract } from '../../../src/ports/rates/suite.ts'

interface Bucket {
  behindMs: number
  at: number
}

/** Right, unless something of it is spoilt. */
class PlainRates implements Rates {
  readonly buckets = new Map<string, Bucket>()
  protected readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  take(key: string, rate: Rate, cost = 1): Taken | Promise<Taken> {
    const before = this.behind(key)
    const { behindMs, taken } = drawn(rate, before, cost)
    if (cost !== 0) this.buckets.set(key, { behindMs, at: this.now() })
    return taken
  }

  async close(): Promise<void> {}

  protected behind(key: string): number {
    const { behindMs, at } = this.buckets.get(key) ?? { behindMs: 0, at: 0 }
    return Math.max(0, behindMs - (this.now() - at))
  }
}

interface Mutant {
  readonly name: string
  readonly caughtBy: string
  readonly make: (now: () => number, all: Map<string, Bucket>) => Rates
}

/** Each taker has what `make` answers; the right ones share their buckets. */
const sharing = (rates: PlainRates, all: Map<string, Bucket>): Rates => Object.assign(rates, { buckets: all })

const mutants: readonly Mutant[] = [
  {
    name: 'counts for each taker apart',
    caughtBy: 'however many take at once, and wherever, no more than there are get one',
    make: (now) => new PlainRates(now),
  },
  {
    name: 'looks, waits, and then writes',
    caughtBy: 'however many take at once, and wherever, no more than there are get one',
    make: (now, all) =>
      sharing(
        new (class extends PlainRates {
          override async take(key: string, rate: Rate, cost = 1): Promise<Taken> {
            const { behindMs, taken } = drawn(rate, this.behind(key), cost)
            await new Promise((resolve) => setImmediate(resolve))
            if (cost !== 0) this.buckets.set(key, { behindMs, at: now() })
            return taken
          }
        })(now),
        all,
      ),
  },
  {
    name: 'counts who was refused',
    caughtBy: 'who was refused has taken nothing',
    make: (now, all) =>
      sharing(
        new (class extends PlainRates {
          override take(key: string, rate: Rate, cost = 1): Taken {
            const { behindMs, taken } = drawn(rate, this.behind(key), cost)
            const more = taken.allowed ? 0 : (cost * rate.periodMs) / rate.tokens
            if (cost !== 0) this.buckets.set(key, { behindMs: behindMs + more, at: now() })
            return taken
          }
        })(now),
        all,
      ),
  },
  {
    name: 'lets nothing drip',
    caughtBy: 'who was refused has taken nothing',
    make: (_, all) => sharing(new PlainRates(() => 0), all),
  },
  {
    name: 'takes where it looks',
    caughtBy: 'looking takes nothing, and says whether there is one',
    make: (now, all) =>
      sharing(
        new (class extends PlainRates {
          override take(key: string, rate: Rate, cost = 1): Taken | Promise<Taken> {
            return super.take(key, rate, cost === 0 ? 1 : cost)
          }
        })(now),
        all,
      ),
  },
  {
    name: 'gives back more than there was',
    caughtBy: 'what is given back can be taken again, and never makes more than a full bucket',
    make: (now, all) =>
      sharing(
        new (class extends PlainRates {
          override take(key: string, rate: Rate, cost = 1): Taken {
            const each = rate.periodMs / rate.tokens
            const before = this.buckets.get(key)?.behindMs ?? 0
            const over = before + cost * each - rate.periodMs
            const behindMs = over > 0 ? before : before + cost * each
            this.buckets.set(key, { behindMs, at: now() })
            const left = Math.min(rate.tokens, Math.floor((rate.periodMs - behindMs) / each))
            return { allowed: over <= 0, left, retryAfterMs: Math.max(0, over), fullAfterMs: behindMs }
          }
        })(now),
        all,
      ),
  },
  {
    name: 'cuts names short',
    caughtBy: 'each name has a bucket of its own, whatever it looks like',
    make: (now, all) =>
      sharing(
        new (class extends PlainRates {
          override take(key: string, rate: Rate, cost = 1): Taken | Promise<Taken> {
            return super.take(key.trim(), rate, cost)
          }
        })(now),
        all,
      ),
  },
]

const casesOf = (make: Mutant['make']) =>
  ratesContract({
    open: async (takers) => {
      let now = 1_000
      const all = new Map<string, Bucket>()
      return {
        takers: Array.from({ length: takers }, () => make(() => now, all)),
        pass: async (ms) => {
          now += ms
        },
        [Symbol.asyncDispose]: async () => undefined,
      }
    },
  })

describe('the suite of rates', () => {
  for (const { name, run } of casesOf((now, all) => sharing(new PlainRates(now), all)))
    test(`is passed by what is right: ${name}`, run)
  for (const { name, caughtBy, make } of mutants)
    test(`finds what ${name}`, async () => {
      const found = casesOf(make).find((one) => one.name === caughtBy)
      assert.ok(found)
      await assert.rejects(found.run(), assert.AssertionError)
    })
})
