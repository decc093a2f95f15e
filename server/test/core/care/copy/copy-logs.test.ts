import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RegistryError } from '../../../../src/domain/error.ts'
import { StoreError } from '../../../../src/ports/store/errors.ts'
import type { Store } from '../../../../src/ports/store/store.ts'
import { until } from '../../../kit/until.ts'
import type { TestCore } from '../../kit.ts'
import { copiedState, copyTo, emptyPlace, filled, over, targetOf } from './copy-world.ts'

/** A store in which a transaction of somebody else is open: of a log, it shows what was there before, and not where it ends. */
interface Hiding {
  readonly store: Store
  asked: number
  end(): void
}

async function hiding(store: Store, shown: number): Promise<Hiding> {
  let isOpen = true
  const hidden: Hiding = {
    asked: 0,
    end: () => {
      isOpen = false
    },
    store: over<Store>(store, {
      tail: async (log, after, limit) => {
        if (!isOpen) return await store.tail(log, after, limit)
        const { entries } = await store.tail(log, undefined, shown)
        const passed = after === undefined ? 0 : entries.findIndex(({ at }) => at === after) + 1
        return { entries: entries.slice(passed, passed + limit) }
      },
      last: async (log) => {
        if (!isOpen) return await store.last(log)
        hidden.asked++
        const fault = new StoreError('transient', 'a transaction of somebody else is open')
        throw new RegistryError(
          'unavailable',
          { reason: 'the store cannot be reached', retryAfterMs: 1 },
          { cause: fault },
        )
      },
    }),
  }
  return hidden
}

const reading = (test: TestCore, store: Store): TestCore => ({ ...test, core: { ...test.core, store } })

test('the end of a log that the source does not know yet is waited for', async () => {
  const { s } = await filled()
  const wanted = await copiedState(s.test)
  const source = await hiding(s.test.store, 1)
  const place = await emptyPlace(s.test)
  const copying = copyTo(reading(s.test, source.store), targetOf(place))
  await until(async () => source.asked > 0)
  source.end()
  await s.test.clock.advance(1_000)
  const report = await copying
  assert.equal(report.whole, true)
  assert.deepEqual(await copiedState(place), wanted)
})

test('where a log ends is not known for too long: the copy says why, and goes on later', async () => {
  const { s } = await filled()
  const wanted = await copiedState(s.test)
  const source = await hiding(s.test.store, 1)
  const place = await emptyPlace(s.test)
  const failing = assert.rejects(
    copyTo(reading(s.test, source.store), targetOf(place)),
    /where the log \w+ ends is not known \(a transaction of somebody else is open\).* the same command goes on/,
  )
  await until(async () => source.asked > 0)
  await s.test.clock.advance(60_000)
  await failing
  assert.ok(source.asked > 10, `it was asked ${source.asked} times`)

  const report = await copyTo(s.test, targetOf(place))
  assert.equal(report.whole, true)
  assert.deepEqual(await copiedState(place), wanted)
})

test('entries that the target does not show yet are not copied a second time', async () => {
  const { s } = await filled()
  const wanted = await copiedState(s.test)
  const place = await emptyPlace(s.test)
  // All logs are there, and the copy has not ended.
  const cut = over(place.store, {
    commit: async (id, changes, survives) => {
      if (changes.some((each) => each.do === 'put' && each.table.name === 'secrets'))
        throw new StoreError('permanent', 'cut short')
      return await place.store.commit(id, changes, survives)
    },
  })
  await assert.rejects(copyTo(s.test, targetOf({ ...place, store: cut })), /cut short/)
  const target = await hiding(place.store, 1)
  const copying = copyTo(s.test, targetOf({ ...place, store: target.store }))
  await until(async () => target.asked > 0)
  target.end()
  await s.test.clock.advance(1_000)
  assert.equal((await copying).whole, true)
  assert.deepEqual(await copiedState(place), wanted)
})
