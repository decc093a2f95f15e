import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openMemoryCache } from '../../../src/adapters/cache/memory/open-memory-cache.ts'
import type { FarAnswer } from '../../../src/core/cache/far-answer.ts'
import type { FarAnswers } from '../../../src/core/cache/far-answers.ts'
import { followOthers } from '../../../src/core/cache/follow-others.ts'
import { followedGenerations, type Generations } from '../../../src/core/cache/generations.ts'
import { Hearing, heardWithinMs } from '../../../src/core/cache/hearing.ts'
import { ReadCache } from '../../../src/core/cache/read-cache.ts'
import { rowHash, tableHash } from '../../../src/ports/store/row-hash.ts'
import type { Follower, Store } from '../../../src/ports/store/store.ts'

const table = { name: 'things' }
const hash = rowHash('things', ['a'])
const now = (): number => performance.timeOrigin + performance.now()

interface World {
  readonly generations: Generations
  readonly follower: Follower
  readonly told: string[]
}

/** A store that is followed, whose news the test makes up. */
/** As answers are labelled with it. */
const era = eraOf('one')

function eraOf(name: string): string {
  const hearing = new Hearing(2)
  hearing.inEra(name)
  return hearing.era() ?? assert.fail('there is none')
}

async function followed(generations: Generations = followedGenerations()): Promise<World> {
  const told: string[] = []
  let follower: Follower | undefined
  const store = {
    follow: async (given: Follower) => {
      follower = given
      return { era: 'one', [Symbol.asyncDispose]: async () => {} }
    },
  } as Partial<Store> as Store
  await followOthers({
    store,
    generations,
    changed: { things: () => told.push('things') },
    news: () => told.push('news'),
  })
  assert.ok(follower !== undefined)
  return { generations, follower, told }
}

class FarMemory implements FarAnswers {
  readonly kept = new Map<string, FarAnswer>()
  asked = 0
  async get(key: string): Promise<FarAnswer | undefined> {
    this.asked += 1
    return this.kept.get(key)
  }
  set(key: string, answer: FarAnswer): void {
    this.kept.set(key, answer)
  }
}

function reader(
  generations: Generations,
  far?: FarAnswers,
): { cache: ReadCache; loads: () => number; load(): Promise<string> } {
  let loads = 0
  const cache = new ReadCache(openMemoryCache({ maxBytes: 10_000 }), generations, far)
  const load = (): Promise<string> =>
    cache.load('key', async (reads) => {
      reads.row(table, ['a'])
      loads += 1
      return { value: `read ${loads}`, bytes: 1 }
    })
  return { cache, loads: () => loads, load }
}

describe('what is kept of a store that others change', () => {
  it('is nothing before the first word of it, and is used once there is word', async () => {
    const { generations, follower } = await followed()
    const { load } = reader(generations)
    assert.equal(await load(), 'read 1')
    assert.equal(await load(), 'read 2')
    follower.current(10, now())
    assert.equal(await load(), 'read 3')
    assert.equal(await load(), 'read 3')
  })

  it('is void once another process was heard to have changed a row of it', async () => {
    const { generations, follower, told } = await followed()
    const { load } = reader(generations)
    follower.current(10, now())
    await load()
    follower.touched([rowHash('things', ['b'])], 11)
    assert.equal(await load(), 'read 1')
    follower.touched([tableHash('things'), hash], 12)
    assert.equal(await load(), 'read 2')
    assert.deepEqual(told, ['news', 'things', 'news'])
  })

  it('is not used when the last word is older than the bound, and is again when word comes', async () => {
    const { generations, follower } = await followed()
    const { load } = reader(generations)
    follower.current(10, now())
    await load()
    follower.current(10, now() - heardWithinMs - 1)
    assert.equal(await load(), 'read 2')
    follower.current(10, now())
    assert.equal(await load(), 'read 1')
  })

  it('is forgotten when the following was broken: something may have been left out', async () => {
    const { generations, follower } = await followed()
    const { load } = reader(generations)
    follower.current(10, now())
    await load()
    follower.lost()
    assert.equal(await load(), 'read 2')
    follower.current(20, now())
    assert.equal(await load(), 'read 3')
    assert.equal(await load(), 'read 3')
  })

  it('is the same for every thread of the process', async () => {
    const { generations, follower } = await followed()
    const { hearing } = generations
    assert.ok(hearing !== undefined)
    const other = reader(followedGenerations({ generations: generations.shared, hearing: hearing.shared }))
    assert.equal(await other.load(), 'read 1')
    follower.current(10, now())
    assert.equal(await other.load(), 'read 2')
    assert.equal(await other.load(), 'read 2')
    follower.touched([hash], 11)
    assert.equal(await other.load(), 'read 3')
  })
})

describe('answers that are kept elsewhere', () => {
  it('are used by another process which has heard of no change of their rows since', async () => {
    const far = new FarMemory()
    const one = await followed()
    one.follower.current(10, now())
    assert.equal(await reader(one.generations, far).load(), 'read 1')
    assert.deepEqual(far.kept.get('key'), { value: 'read 1', bytes: 1, mark: 10, era, hashes: [hash] })
    const two = await followed()
    two.follower.current(9, now())
    const other = reader(two.generations, far)
    assert.equal(await other.load(), 'read 1')
    assert.equal(other.loads(), 0)
    assert.equal(await other.load(), 'read 1')
    assert.equal(far.asked, 2)
  })

  it('are void by a change at or after their mark, by one of this process of which there is no word yet, and before the following began', async () => {
    const far = new FarMemory()
    far.set('key', { value: 'far', bytes: 1, mark: 10, era, hashes: [hash] })
    const { generations, follower } = await followed()
    follower.current(5, now())
    follower.touched([hash], 9)
    assert.equal(await reader(generations, far).load(), 'far')
    follower.touched([hash], 10)
    assert.notEqual(await reader(generations, new FrozenFar(far)).load(), 'far')

    const own = await followed()
    own.follower.current(5, now())
    const bucket = own.generations.bucketOf(hash)
    own.generations.begin(bucket)
    own.generations.end(bucket)
    assert.notEqual(await reader(own.generations, new FrozenFar(far)).load(), 'far')
    own.follower.current(6, now())
    assert.equal(await reader(own.generations, new FrozenFar(far)).load(), 'far')

    const late = await followed()
    late.follower.current(11, now())
    assert.notEqual(await reader(late.generations, new FrozenFar(far)).load(), 'far')
  })

  it('are void where they are of another order, and are given with the one that their mark was taken in', async () => {
    const far = new FarMemory()
    const { generations, follower } = await followed()
    follower.current(5, now())
    far.set('key', { value: 'far', bytes: 1, mark: 10, era: eraOf('two'), hashes: [hash] })
    assert.notEqual(await reader(generations, new FrozenFar(far)).load(), 'far')

    const reading = new FarMemory()
    const cache = new ReadCache(openMemoryCache({ maxBytes: 1_000 }), generations, reading)
    await cache.load('key', async (reads) => {
      reads.row({ name: 'things' }, ['a'])
      generations.hearing?.inEra('two')
      return { value: 'read', bytes: 1 }
    })
    assert.equal(reading.kept.get('key')?.era, era)
  })

  it('are not asked while there is no word of others, and nothing is given to them', async () => {
    const far = new FarMemory()
    const { generations } = await followed()
    far.set('key', { value: 'far', bytes: 1, mark: 10, era, hashes: [hash] })
    assert.equal(await reader(generations, far).load(), 'read 1')
    assert.equal(far.kept.get('key')?.value, 'far')
  })
})

/** Answers as the other does, and keeps nothing. */
class FrozenFar implements FarAnswers {
  readonly #kept: FarMemory
  constructor(kept: FarMemory) {
    this.#kept = kept
  }
  get(key: string): Promise<FarAnswer | undefined> {
    return this.#kept.get(key)
  }
  set(): void {}
}
