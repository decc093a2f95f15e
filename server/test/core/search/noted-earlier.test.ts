import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dropArtifact } from '../../../src/core/artifacts/keep-artifact.ts'
import { artifacts } from '../../../src/core/artifacts/tables.ts'
import { events } from '../../../src/core/ledger/tables.ts'
import { noteEarlier } from '../../../src/core/publish/note-earlier.ts'
import { allRows } from '../invariants.ts'
import { searchWorld } from './kit.ts'

test('what an upgrade makes artifacts of reaches an index that was built before', async () => {
  await using world = await searchWorld()
  const { core, store } = world.test
  const made = await world.create({ slug: 'old', metadata: { name: 'old thing' }, published: true })
  const [row] = await allRows(store, artifacts)
  assert.ok(row)
  // As it was before there were artifacts.
  await core.ledger.keep(async () => ({ value: undefined, changes: await dropArtifact(core, row) }))
  await world.indexed()
  assert.equal((await world.search('old')).total, 0)
  const before = await store.last(events)
  assert.equal(await noteEarlier(core, new AbortController().signal), 1)
  const [now] = await allRows(store, artifacts)
  assert.ok(now !== undefined && now.id !== made.id)
  const found = await world.search('old')
  assert.deepEqual(
    found.hits.map(({ artifact }) => artifact.id),
    [now.id],
  )
  const { entries } = await store.tail(events, before, 100)
  assert.deepEqual(
    new Set(entries.map(({ row: { artifact, by } }) => `${artifact} ${by}`)),
    new Set([`${now.id} user:${row.owner}`]),
  )
})
