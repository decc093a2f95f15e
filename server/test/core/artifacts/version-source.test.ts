import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryCache } from '../../../src/adapters/cache/memory/open-memory-cache.ts'
import { Sources } from '../../../src/core/artifacts/version-source.ts'
import { blobs } from '../../../src/core/content/tables.ts'
import type { Core } from '../../../src/core/ledger/core.ts'
import type { Artifact } from '../../../src/domain/artifact.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import { type Authors, authors } from '../authoring/kit.ts'

interface Reading {
  readonly sources: Sources
  /** Digests that the store was asked for. */
  readonly asked: unknown[]
}

function reading({ test }: Authors, maxBytes = 100_000): Reading {
  const { core } = test
  const asked: unknown[] = []
  const get: Core['store']['get'] = (table, key) => {
    asked.push(...Object.values(key))
    return core.store.get(table, key)
  }
  const getMany: Core['store']['getMany'] = (table, keys) => {
    asked.push(...keys.flatMap((key) => Object.values(key)))
    return core.store.getMany(table, keys)
  }
  const store = { get, getMany } as Core['store']
  return { sources: new Sources({ ...core, store }, openMemoryCache({ maxBytes })), asked }
}

const named = (a: Authors, name: string, source: string): Promise<Artifact> =>
  a.create({ metadata: { name }, source })

test('the text of a digest is read from the store once, alone or among others', async () => {
  await using a = await authors()
  const one = await named(a, 'One', 'PERSONA One')
  const two = await named(a, 'Two', 'PERSONA Zwei ü')
  const { sources, asked } = reading(a)
  assert.deepEqual(await sources.readMany([one]), ['PERSONA One'])
  assert.deepEqual(asked, [one.source])
  assert.deepEqual(await sources.readMany([two, {}, one]), ['PERSONA Zwei ü', '', 'PERSONA One'])
  assert.deepEqual(asked, [one.source, two.source])
  assert.deepEqual(await sources.readMany([one, two]), ['PERSONA One', 'PERSONA Zwei ü'])
  assert.equal(await sources.read(two), 'PERSONA Zwei ü')
  assert.deepEqual(asked, [one.source, two.source])
})

test('what does not fit into memory is read each time, by one read of all', async () => {
  await using a = await authors()
  const one = await named(a, 'One', 'PERSONA One')
  const two = await named(a, 'Two', 'PERSONA Two')
  const { sources, asked } = reading(a, 1)
  for (let times = 1; times <= 2; times++) {
    assert.deepEqual(await sources.readMany([one, two]), ['PERSONA One', 'PERSONA Two'])
    assert.equal(asked.length, 2 * times)
  }
})

test('bytes that are no text, and a row that is known to be damaged, are not kept', async () => {
  await using a = await authors()
  const one = await named(a, 'One', 'PERSONA One')
  const digest = one.source ?? ''
  const row = await a.test.core.store.get(blobs, [digest])
  assert.ok(row)
  const spoilt = async (change: Partial<typeof row>): Promise<string> => {
    const core = { ...a.test.core }
    const store = {
      ...core.store,
      get: core.store.get.bind(core.store),
      getMany: async () => [{ ...row, ...change }],
    }
    const cache = openMemoryCache({ maxBytes: 1_000 })
    const sources = new Sources({ ...core, store: store as never }, cache)
    await sources.readMany([one]).catch(() => undefined)
    return String(cache.get(`text ${digest}`))
  }
  assert.equal(await spoilt({ bytes: Uint8Array.of(0xff, 0xfe) }), 'undefined')
  assert.equal(await spoilt({ damagedAt: 1 }), 'undefined')
  assert.equal(await spoilt({}), 'PERSONA One')
})

const large = (letter: string): string => letter.repeat(70_000)

test('what many versions share is read once, also where it has a file of its own', async () => {
  await using a = await authors()
  const created = []
  for (let n = 0; n < 5; n++) created.push(await named(a, `Nr ${n}`, large('a')))
  const { sources, asked } = reading(a, 1)
  assert.deepEqual(
    await sources.readMany(created),
    created.map(() => large('a')),
  )
  assert.ok(asked.length < created.length, `${asked.length} reads of one source`)
})

test('of versions that share a source that is no text, each has its own manifest', async () => {
  await using a = await authors()
  const one = await named(a, 'One', 'PERSONA One')
  const two = await named(a, 'Two', 'PERSONA One')
  const { core } = a.test
  const row = await core.store.get(blobs, [one.source ?? ''])
  assert.ok(row)
  const spoilt = { ...row, bytes: Uint8Array.of(0xff, 0xfe) }
  const store = {
    get: async (table: never, key: readonly string[]) =>
      key[0] === one.source ? spoilt : await core.store.get(table, key),
    getMany: async () => [spoilt],
  }
  const sources = new Sources({ ...core, store: store as never }, openMemoryCache({ maxBytes: 1 }))
  const texts = await sources.readMany([one, two])
  assert.deepEqual(
    texts.map((text) => JSON.parse(text).layers[0].digest),
    [one.source, one.source],
  )
  assert.notEqual(texts[0], texts[1])
})

test('no more is read at once than a page may have; one version alone may have more', async () => {
  await using a = await authors({ limits: { sourcesPerPage: 100_000 } })
  const one = await named(a, 'One', large('a'))
  const two = await named(a, 'Two', large('b'))
  const three = await named(a, 'Three', 'c'.repeat(120_000))
  const { sources, asked } = reading(a, 1)
  await assert.rejects(sources.readMany([one, two]), (error) => {
    assert.ok(isRegistryError(error, 'too-large'))
    assert.match(error.message, /limits\.sourcesPerPage/)
    return true
  })
  assert.equal(asked.length, 2)
  assert.deepEqual(await sources.readMany([three]), ['c'.repeat(120_000)])
})
