import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { openSqliteRestore } from '../../../../src/adapters/store/sqlite/restore-folder.ts'
import { openSqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { insert, patch } from '../../../../src/ports/store/change.ts'
import { StoreError } from '../../../../src/ports/store/errors.ts'
import type { Change, Snapshot, Store } from '../../../../src/ports/store/store.ts'
import { chance } from '../../../../src/ports/store/suite/harness.ts'
import { counter, counters, item, items, sampleSchema } from '../../../../src/ports/store/suite/sample.ts'
import type { Schema } from '../../../../src/ports/store/table.ts'
import { temporaryFolder } from './sqlite-harness.ts'

let root: Awaited<ReturnType<typeof temporaryFolder>>
let folder = ''
describe('snapshots', () => {
  beforeEach(async () => {
    root = await temporaryFolder()
    folder = join(root.path, 'data')
  })
  afterEach(() => root[Symbol.asyncDispose]())

  const open = (
    where: string = folder,
    schema: Schema = sampleSchema,
  ): Promise<Store & { snapshot?(): Promise<Snapshot> }> => openSqliteStore({ folder: where }, schema)
  const commit = async (store: Store, ...changes: Change[]): Promise<void> =>
    assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), changes), { ok: true })
  const left = (where: string = folder): string[] => readdirSync(where).sort()

  async function bytesOf(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = []
    for await (const chunk of bytes) chunks.push(Uint8Array.from(chunk))
    return Buffer.concat(chunks)
  }

  async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    yield bytes
  }

  /** The bytes of a store with one counter. */
  async function taken(n = 1): Promise<Buffer> {
    const where = join(root.path, 'source')
    const store = await open(where)
    await commit(store, insert(counters, counter('a', n)))
    const snapshot = await store.snapshot?.()
    assert.ok(snapshot !== undefined)
    const bytes = await bytesOf(snapshot.bytes())
    await snapshot[Symbol.asyncDispose]()
    await store.close()
    await rm(where, { recursive: true })
    return bytes
  }

  test('a snapshot is a database of its own, beside the other, and nothing is left of it', async () => {
    const store = await open()
    await commit(store, insert(counters, counter('a', 7)))
    const before = left()
    const snapshot = await store.snapshot?.()
    assert.ok(snapshot !== undefined)
    assert.equal(snapshot.format, 'sqlite')
    const copy = join(root.path, 'copy.db')
    await writeFile(copy, await bytesOf(snapshot.bytes()))
    assert.equal((await snapshot.reads.find(counters, { index: 'byN', limit: 9 })).rows.length, 1)
    await snapshot[Symbol.asyncDispose]()
    assert.deepEqual(left(), before)
    const db = new DatabaseSync(copy)
    assert.deepEqual({ ...db.prepare('SELECT n FROM counters').get() }, { n: 7 })
    assert.deepEqual({ ...db.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
    db.close()
    await store.close()
  })

  test('commits go on while a snapshot is taken', async () => {
    const store = await open()
    const large = Array.from({ length: 200 }, (_, n) => item(n, { body: chance(10_000) }))
    for (let at = 0; at < large.length; at += 50) {
      await commit(store, ...large.slice(at, at + 50).map((row) => insert(items, row)))
    }
    await commit(store, insert(counters, counter('a')))
    let taking = true
    const snapshot = store.snapshot?.().finally(() => {
      taking = false
    })
    let meanwhile = 0
    while (taking) {
      await commit(store, patch(counters, ['a'], { add: { n: 1 } }))
      meanwhile++
    }
    assert.ok(meanwhile > 1, `${meanwhile} commits`)
    await using one = await snapshot
    assert.ok(((await one?.reads.get(counters, ['a']))?.n ?? 0) < meanwhile)
    await store.close()
  })

  test('what a crash has left of a snapshot is removed by the next start', async () => {
    await mkdir(folder)
    const names = ['lading-snapshot-1.db', 'lading-snapshot-1.db-journal']
    for (const name of names) await writeFile(join(folder, name), 'half')
    const store = await open()
    assert.deepEqual(
      left().filter((name) => name.includes('snapshot')),
      [],
    )
    await store.close()
  })

  test('a snapshot goes into an empty folder as a store, set right before it counts', async () => {
    const restore = openSqliteRestore({ folder }, sampleSchema)
    assert.equal(restore.format, 'sqlite')
    {
      await using restoration = await restore.begin()
      const staged = await restoration.stage(one(await taken(3)))
      await commit(staged, insert(counters, counter('b')))
      await restoration.finish()
    }
    assert.deepEqual(left(), ['lading.db', 'lock.db'])
    const store = await open()
    const { rows } = await store.find(counters, { index: 'key', limit: 9 })
    assert.deepEqual(
      rows.map(({ id, n }) => [id, n]),
      [
        ['a', 3],
        ['b', 0],
      ],
    )
    await store.close()
  })

  test('an index of what was there before is not left to what is put back', async () => {
    await mkdir(join(folder, 'search'), { recursive: true })
    await writeFile(join(folder, 'search', 'current'), 'an index')
    {
      await using restoration = await openSqliteRestore({ folder }, sampleSchema).begin()
      await restoration.stage(one(await taken(3)))
      await restoration.finish()
    }
    assert.deepEqual(left(), ['lading.db', 'lock.db'])
  })

  test('a folder with a registry is refused, and so is one that is in use', async () => {
    const restore = openSqliteRestore({ folder }, sampleSchema)
    const store = await open()
    await assert.rejects(restore.begin(), /in use by another running Lading/)
    await commit(store, insert(counters, counter('mine')))
    await store.close()
    await assert.rejects(
      restore.begin(),
      /holds a registry already: restore into another folder, or move the whole folder away/,
    )
    const again = await open()
    assert.equal((await again.get(counters, ['mine']))?.id, 'mine')
    await again.close()
  })

  test('a write-ahead log without its database is refused, and kept: changes of a killed server are in it alone', async () => {
    const source = join(root.path, 'killed')
    const store = await open(source)
    await commit(store, insert(counters, counter('acknowledged')))
    // The files as a kill leaves them.
    await mkdir(folder)
    const names = ['lading.db', 'lading.db-wal', 'lading.db-shm']
    for (const name of names) await copyFile(join(source, name), join(folder, name))
    await store.close()
    await rename(join(folder, 'lading.db'), join(root.path, 'kept.db'))
    const restore = openSqliteRestore({ folder }, sampleSchema)
    await assert.rejects(
      restore.begin(),
      (error) =>
        error instanceof StoreError &&
        error.kind === 'permanent' &&
        /lading\.db-wal.*lading\.db-shm/.test(error.message),
    )
    assert.deepEqual(left(), ['lading.db-shm', 'lading.db-wal', 'lock.db'])
    await rename(join(root.path, 'kept.db'), join(folder, 'lading.db'))
    const again = await open()
    assert.equal((await again.get(counters, ['acknowledged']))?.id, 'acknowledged')
    await again.close()
  })

  test('bytes of a registry without its records are refused where a restore begins, and not where it goes on', async () => {
    let asked = 0
    let taken = true
    const holdsContent = async (): Promise<boolean> => {
      asked++
      return taken
    }
    const restore = openSqliteRestore({ folder, holdsContent }, sampleSchema)
    await assert.rejects(
      restore.begin(),
      (error) =>
        error instanceof StoreError &&
        error.kind === 'permanent' &&
        /of a registry.*another/.test(error.message),
    )
    assert.deepEqual(left(), ['lock.db'], 'nothing was begun')
    taken = false
    await (await restore.begin())[Symbol.asyncDispose]()
    assert.equal(asked, 2)
    taken = true
    await (await restore.begin())[Symbol.asyncDispose]()
    assert.equal(asked, 2, 'what is there now is of the restore')
  })

  test('no store opens where a restore was interrupted, at any point; another restore begins anew', async () => {
    const bytes = await taken()
    const restore = openSqliteRestore({ folder }, sampleSchema)
    const refuses = async (when: string): Promise<void> => {
      const error = await open().catch((reason: unknown) => reason)
      assert.ok(error instanceof StoreError && error.kind === 'permanent', `${when}: ${error}`)
      assert.match(error.message, /was interrupted.*lading restore/)
    }
    await (await restore.begin())[Symbol.asyncDispose]()
    await refuses('begun')
    {
      await using restoration = await restore.begin()
      await restoration.stage(one(bytes))
    }
    await refuses('staged')
    {
      await using restoration = await restore.begin()
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield bytes.subarray(0, 5000)
        throw new Error('the source failed')
      }
      await assert.rejects(restoration.stage(failing()), /the source failed/)
      await assert.rejects(restoration.stage(one(bytes.subarray(0, 5000))), StoreError)
    }
    await refuses('half staged')
    // As a crash between the two last steps leaves it: the database has its place, and the mark is there.
    await writeFile(join(folder, 'lading.db'), bytes)
    await refuses('renamed')
    await writeFile(join(folder, 'lading.db-wal'), 'of another database')
    {
      await using restoration = await restore.begin()
      assert.equal(existsSync(join(folder, 'lading.db-wal')), false)
      await restoration.stage(one(bytes))
      await restoration.finish()
    }
    const store = await open()
    assert.equal((await store.get(counters, ['a']))?.n, 1)
    await store.close()
  })

  test('an older snapshot is brought to the schema, and a newer one refused', async () => {
    const bytes = await taken()
    const newer: Schema = {
      ...sampleSchema,
      tables: sampleSchema.tables.map((table) =>
        table.name === 'counters' ? { ...table, columns: { ...table.columns, more: 'integer' } } : table,
      ),
      migrations: [
        ...sampleSchema.migrations,
        {
          version: 2,
          name: 'more',
          steps: [{ do: 'addColumn', table: 'counters', column: 'more', type: 'integer', fill: 5 }],
        },
      ],
    }
    {
      await using restoration = await openSqliteRestore({ folder }, newer).begin()
      await restoration.stage(one(bytes))
      await restoration.finish()
    }
    assert.deepEqual(left(), ['lading.db', 'lock.db'])
    const db = new DatabaseSync(join(folder, 'lading.db'))
    assert.deepEqual({ ...db.prepare('SELECT more FROM counters').get() }, { more: 5 })
    db.close()
    const other = join(root.path, 'other')
    await using restoration = await openSqliteRestore({ folder: other }, sampleSchema).begin()
    const newerBytes = await readFile(join(folder, 'lading.db'))
    await assert.rejects(restoration.stage(one(newerBytes)), /schema version 2.*versions up to 1/)
  })
})
