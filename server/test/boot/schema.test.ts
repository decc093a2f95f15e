import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMemoryStore } from '../../src/adapters/store/memory/memory-store.ts'
import { schemaAt } from '../../src/adapters/store/shared/standing.ts'
import { unmadeTables } from '../../src/adapters/store/sqlite/found-tables.ts'
import { inspectSchema } from '../../src/adapters/store/sqlite/inspect-schema.ts'
import { schema } from '../../src/boot/schema.ts'
import { schemaVersion } from '../../src/ports/store/table.ts'
import { testCore } from '../core/kit.ts'

const fixtures = join(import.meta.dirname, '../fixtures')

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

test('the migrations make what the tables declare', () => {
  assert.deepEqual(unmadeTables(schema), [])
  const forgetful = { ...schema, migrations: schema.migrations.slice(0, -1) }
  assert.ok(unmadeTables(forgetful).length > 0)
})

test('columns are declared in the order in which they were made, by which backups tell them', () => {
  const made = new Map(schemaAt(schema, schemaVersion(schema)).tables.map((table) => [table.name, table]))
  for (const { name, columns } of schema.tables)
    assert.deepEqual(Object.keys(columns), Object.keys(made.get(name)?.columns ?? {}), name)
})

test('what earlier releases have made is what their migrations say to this day', async () => {
  const root = await mkdtemp(join(tmpdir(), 'lading-schema-'))
  try {
    for (const archive of globSync('data-*.tar.gz', { cwd: fixtures })) {
      execFileSync('tar', ['-C', root, '-xzf', join(fixtures, archive)])
      const { version, differences } = inspectSchema(join(root, 'data'), schema)
      assert.deepEqual(differences, [], `${archive} of version ${version}`)
      await rm(join(root, 'data'), { recursive: true })
    }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
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
