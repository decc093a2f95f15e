import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryStore } from '../../src/adapters/store/memory/memory-store.ts'
import { schema } from '../../src/boot/schema.ts'
import { testCore } from '../core/kit.ts'

test('every table and log has a name of its own and is made by a migration', async () => {
  const named = [...schema.tables, ...schema.logs].map(({ name }) => name)
  assert.equal(new Set(named).size, named.length)
  const made = schema.migrations.flatMap(({ steps }) =>
    steps.flatMap((step) =>
      step.do === 'createTable' ? [step.table.name] : step.do === 'createLog' ? [step.log.name] : [],
    ),
  )
  assert.deepEqual(made.toSorted(), named.toSorted())
  await (await openMemoryStore(schema)).close()
})

test('processes of one registry share the key that signs their uploads', async () => {
  await using one = await testCore()
  await using two = await testCore({
    store: one.store,
    blobs: one.blobs,
    clock: one.clock,
    seed: 2,
    bootId: 'boot-2',
  })
  const name = 'acme/app' as Parameters<typeof one.registry.uploads.begin>[1]
  const { id } = await one.registry.uploads.begin(one.caller, name)
  assert.deepEqual(await two.registry.uploads.status(two.caller, name, id), { id, offset: 0 })
})
