import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openMemoryStore } from '../../../../src/adapters/store/memory/memory-store.ts'
import { type OverlayStore, openOverlayStore } from '../../../../src/adapters/store/overlay/overlay-store.ts'
import { insert } from '../../../../src/ports/store/change.ts'
import type { Change, Outcome, Store } from '../../../../src/ports/store/store.ts'
import {
  allOf,
  bare,
  counter,
  counters,
  entriesOf,
  happenings,
  item,
  items,
  sampleSchema,
} from '../../../../src/ports/store/suite/sample.ts'
import { newId } from './overlay-case.ts'
import { changesOf, type Draft, drafts, readStep, type Step, steps } from './transaction-program.ts'

/** Both stores get the same, of the same ids: what they answer is the same to the revision. */
async function fill(stores: readonly Store[], batches: readonly Draft[][]): Promise<void> {
  const [leader] = stores as [Store]
  const both = async (changes: readonly Change[]): Promise<void> => {
    const id = newId()
    for (const store of stores) await store.commit(id, changes)
  }
  const rows = [0, 1, 2].map((n) =>
    insert(items, item(n, { space: n === 1 ? 'y' : 'x', name: 'aB\uffff'[n] ?? '', label: `${n}` })),
  )
  await both([insert(counters, counter('0', 3)), insert(counters, counter('1', 0)), ...rows])
  for (const each of batches) await both(await changesOf(leader, each))
}

/** Every row without its revision, in every order, and every entry. */
async function contentOf(store: Store): Promise<unknown> {
  const orders = ['key', ...Object.keys(items.indexes ?? {})]
  const rows = await Promise.all(
    orders.map(async (index) => {
      const page = await store.find(items, { index, limit: 1000 })
      return page.rows.map(bare)
    }),
  )
  return [rows, (await allOf(store, counters)).map(bare), await entriesOf(store, happenings)]
}

/** Undefined where the transaction hands unique keys on in a circle. */
async function outcomeOf(transaction: OverlayStore): Promise<boolean | undefined> {
  try {
    const outcome = await transaction.flush(newId())
    return outcome.ok
  } catch (error) {
    assert.match(String(error), /in a circle/)
    return undefined
  }
}

const twoStores = async (): Promise<[Store, Store]> => [
  await openMemoryStore(sampleSchema),
  await openMemoryStore(sampleSchema),
]

test('a transaction alone answers as a store would that it wrote to at once, and leaves the same behind', async () => {
  let circles = 0
  let flushes = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(drafts, { maxLength: 3, size: 'max' }),
      steps,
      fc.boolean(),
      async (before, program, isWatched) => {
        const [direct, base] = await twoStores()
        await fill([direct, base], before)
        const tx = openOverlayStore(base, sampleSchema, isWatched ? {} : { watched: [] })
        for (const step of program) {
          if (step.do === 'commit') {
            const changes = await changesOf(direct, step.drafts)
            const id = newId()
            assert.deepEqual(await tx.commit(id, changes), await direct.commit(id, changes))
          } else {
            assert.deepEqual(await readStep(tx, step), await readStep(direct, step))
          }
        }
        assert.deepEqual(await contentOf(tx), await contentOf(direct))
        const isWritten = await outcomeOf(tx)
        flushes += 1
        if (isWritten === undefined) circles += 1
        else assert.deepEqual([isWritten, await contentOf(base)], [true, await contentOf(direct)])
      },
    ),
    { seed: 11, numRuns: 400 },
  )
  assert.ok(circles < flushes / 10, `${circles} circles of ${flushes} flushes`)
})

type Turn = Step | { readonly do: 'other'; readonly drafts: readonly Draft[] }

const turns: fc.Arbitrary<Turn[]> = fc
  .tuple(
    steps,
    fc.noBias(fc.array(drafts, { minLength: 1, maxLength: 4, size: 'max' })),
    fc.infiniteStream(fc.nat()),
  )
  .map(([own, others, places]) => {
    const mixed: Turn[] = own.filter((step) => step.do !== 'find')
    for (const each of others) {
      const { value } = places.next()
      mixed.splice((value as number) % (mixed.length + 1), 0, { do: 'other', drafts: each })
    }
    return mixed
  })

test('a transaction among others is as if it had run behind them all, or is a conflict and leaves nothing', async () => {
  const count = { written: 0, conflicts: 0, mixed: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(drafts, { maxLength: 3, size: 'max' }), turns, async (before, program) => {
      const [serial, base] = await twoStores()
      await fill([serial, base], before)
      const tx = openOverlayStore(base, sampleSchema)
      const replay: (() => Promise<void>)[] = []
      let othersWrote = 0
      for (const turn of program) {
        if (turn.do === 'other') {
          const [id, changes] = [newId(), await changesOf(base, turn.drafts)]
          const outcome = await base.commit(id, changes)
          assert.deepEqual(await serial.commit(id, changes), outcome)
          if (outcome.ok) othersWrote += 1
        } else if (turn.do === 'commit') {
          const [id, changes] = [newId(), await changesOf(tx, turn.drafts)]
          const outcome: Outcome = await tx.commit(id, changes)
          if (outcome.ok) replay.push(async () => assert.deepEqual(await serial.commit(id, changes), outcome))
        } else {
          const answer = await readStep(tx, turn)
          replay.push(async () => assert.deepEqual(await readStep(serial, turn), answer))
        }
      }
      const isWritten = await outcomeOf(tx)
      if (isWritten) for (const again of replay) await again()
      assert.deepEqual(await contentOf(base), await contentOf(serial))
      if (isWritten === false) assert.ok(othersWrote > 0, 'a conflict with nobody')
      if (isWritten) count.written += 1
      if (isWritten === false) count.conflicts += 1
      if (isWritten && othersWrote > 0 && replay.length > 0) count.mixed += 1
    }),
    { seed: 13, numRuns: 600 },
  )
  // Neither way out is rare here.
  assert.ok(count.conflicts > 30 && count.mixed > 100, JSON.stringify(count))
})
