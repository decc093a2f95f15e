import assert from 'node:assert/strict'
import { test } from 'node:test'
import { marks } from '../../../src/core/content/tables.ts'
import type { Core } from '../../../src/core/ledger/core.ts'
import { eachRow } from '../../../src/core/ledger/each-row.ts'
import { unhurried } from '../../../src/core/ledger/unhurried.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { testCore } from '../kit.ts'

/** A core whose walks take `workMs` for each page, and what becomes of its time. */
function watched(core: Core, workMs: number): { core: Core; rests: number[]; pages: number[] } {
  const rests: number[] = []
  const pages: number[] = []
  let time = 0
  const clock: Core['clock'] = {
    now: () => core.clock.now(),
    monotonic: () => time,
    sleep: async () => assert.fail('it would keep the process alive'),
    idle: async (ms) => {
      rests.push(ms)
      time += ms
    },
  }
  const find: Core['store']['find'] = async (table, query) => {
    const page = await core.store.find(table, query)
    pages.push(page.rows.length)
    time += workMs
    return page
  }
  const store: Core['store'] = {
    get: core.store.get.bind(core.store),
    getMany: core.store.getMany.bind(core.store),
    find,
    count: core.store.count.bind(core.store),
    tail: core.store.tail.bind(core.store),
    last: core.store.last.bind(core.store),
  }
  return { core: { ...core, clock, store }, rests, pages }
}

async function fill(core: Core, rows: number): Promise<string[]> {
  const names = Array.from({ length: rows }, (_, n) => `mark-${String(n).padStart(4, '0')}`)
  const changes = names.map((name) => insert(marks, { name, at: 1 }))
  await core.ledger.keep(async () => ({ value: undefined, changes }))
  return names
}

async function walked(core: Core): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of eachRow(core.store, marks)) names.push(name)
  return names
}

test('a walk that nobody waits for reads every row by short pages, and rests nine times as long as it works', async () => {
  await using test = await testCore()
  const names = await fill(test.core, 350)
  const { core, rests, pages } = watched(test.core, 5)
  const slow = unhurried(core, new AbortController().signal)
  assert.deepEqual(
    (await walked(slow)).filter((name) => name.startsWith('mark-')),
    names,
  )
  assert.ok(pages.length > 3 && pages.every((rows) => rows <= 20), String(pages))
  assert.deepEqual(
    rests,
    pages.slice(1).map(() => 45),
  )
})

test('a page that took nothing is followed at once, and no rest is longer than 200 ms', async () => {
  await using test = await testCore()
  await fill(test.core, 250)
  const quick = watched(test.core, 0)
  await walked(unhurried(quick.core, new AbortController().signal))
  assert.deepEqual(quick.rests, [])
  const heavy = watched(test.core, 10_000)
  await walked(unhurried(heavy.core, new AbortController().signal))
  assert.ok(heavy.rests.length > 0 && heavy.rests.every((ms) => ms === 200), String(heavy.rests))
})
