import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkedBatch } from '../../../../src/adapters/store/shared/checked-batch.ts'
import { declared } from '../../../../src/adapters/store/shared/declared.ts'
import { QueueRoom } from '../../../../src/adapters/store/sqlite/queue-room.ts'
import { openSqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import { Writer } from '../../../../src/adapters/store/sqlite/writer.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { insert, patch, remove } from '../../../../src/ports/store/change.ts'
import { StoreError } from '../../../../src/ports/store/errors.ts'
import type { Position } from '../../../../src/ports/store/store.ts'
import { atOnce, chance, ok } from '../../../../src/ports/store/suite/harness.ts'
import { counter, counters, happenings, sampleSchema } from '../../../../src/ports/store/suite/sample.ts'
import { temporaryFolder } from './sqlite-harness.ts'

const id = (): ReturnType<typeof newBatchId> => newBatchId(Date.now(), chance)

test('a folder is held by one store at a time; the second is told which folder and what to do', async () => {
  await using folder = await temporaryFolder()
  const first = await openSqliteStore({ folder: folder.path }, sampleSchema)
  const refused = (error: unknown): boolean => {
    assert.ok(error instanceof StoreError)
    assert.equal(error.kind, 'permanent')
    assert.ok(error.message.includes(folder.path), error.message)
    assert.match(error.message, /in use .* stop that one first/)
    return true
  }
  await assert.rejects(openSqliteStore({ folder: folder.path }, sampleSchema), refused)
  assert.deepEqual(await first.commit(id(), [insert(counters, counter('a'))]), ok)
  await first.close()
  const second = await openSqliteStore({ folder: folder.path }, sampleSchema)
  assert.equal((await second.get(counters, ['a']))?.id, 'a')
  await second.close()
})

test('a folder is made with those above it, and a closed store leaves two files in it', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'data', 'records')
  const store = await openSqliteStore({ folder: path }, sampleSchema)
  await store.commit(id(), [insert(counters, counter('a'))])
  await store.close()
  assert.deepEqual((await readdir(path)).sort(), ['lading.db', 'lock.db'])
})

const rights = async (...path: string[]): Promise<string> =>
  ((await stat(join(...path))).mode & 0o777).toString(8)

test("a folder that it makes is its owner's alone, and so is every file in it; those above are as usual", async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'data', 'records')
  const store = await openSqliteStore({ folder: path, reserveBytes: 4096 }, sampleSchema)
  await store.commit(id(), [insert(counters, counter('a'))])
  const snapshot = await store.snapshot?.()
  const names = (await readdir(path)).sort()
  assert.equal(names.filter((name) => name.startsWith('lading-snapshot-')).length > 0, true, names.join())
  const found = await Promise.all(names.map(async (name) => `${name} ${await rights(path, name)}`))
  assert.deepEqual(
    found,
    names.map((name) => `${name} 600`),
  )
  assert.ok(names.includes('lading.db') && names.includes('lading.db-wal') && names.includes('lock.db'))
  assert.equal(await rights(path), '700')
  assert.equal(await rights(folder.path, 'data'), (0o777 & ~process.umask()).toString(8))
  await snapshot?.[Symbol.asyncDispose]()
  await store.close()
})

test("a folder that is there keeps its rights; what is made in it is its owner's alone", async () => {
  await using folder = await temporaryFolder()
  await chmod(folder.path, 0o755)
  await (await openSqliteStore({ folder: folder.path }, sampleSchema)).close()
  assert.equal(await rights(folder.path), '755')
  assert.equal(await rights(folder.path, 'lading.db'), '600')
  assert.equal(await rights(folder.path, 'lock.db'), '600')
})

test('a folder that cannot be opened is an error of the store, and is not held', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'lading.db'))
  const failing = (): Promise<unknown> => openSqliteStore({ folder: folder.path }, sampleSchema)
  for (let again = 0; again < 2; again++) {
    await assert.rejects(failing, (error) => error instanceof StoreError && !/in use/.test(error.message))
  }
})

test('columns of many rows are read by another thread than the one that asks', async () => {
  await using folder = await temporaryFolder()
  const store = await openSqliteStore({ folder: folder.path }, sampleSchema)
  await store.commit(id(), [insert(counters, counter('a')), insert(counters, counter('b'))])
  const waits = async (reading: Promise<unknown>): Promise<boolean> => {
    let isThere = false
    reading.then(() => {
      isThere = true
    })
    // Whatever this thread alone can answer it has answered before it turns to what comes from elsewhere.
    for (let turn = 0; turn < 100; turn++) await undefined
    const hasWaited = !isThere
    await reading
    return hasWaited
  }
  assert.equal(await waits(store.getMany(counters, [['a']])), false)
  const keys = Array.from({ length: 120 }, (_, at) => [at % 2 === 0 ? 'a' : `missing${at}`])
  assert.ok(store.getParts)
  const parts = store.getParts(counters, keys, ['id'])
  assert.equal(await waits(parts), true)
  assert.deepEqual(
    (await parts).map((row) => row?.id),
    keys.map(([key]) => (key === 'a' ? 'a' : undefined)),
  )
  await store.close()
})

test('commits at the same time share groups', async () => {
  await using folder = await temporaryFolder()
  const store = await openSqliteStore({ folder: folder.path }, sampleSchema)
  const count = 512
  const outcomes = await atOnce(count, (n) => store.commit(id(), [insert(counters, counter(`c${n}`))]))
  assert.deepEqual(outcomes, Array(count).fill(ok))
  const { groups, batches } = store.counts
  assert.equal(batches, count)
  assert.ok(groups >= 2 && groups <= 16, `${groups} groups`)
  await store.close()
})

test('a row of before whose key is longer than keys may be is read, added to and removed', async () => {
  await using folder = await temporaryFolder()
  const first = await openSqliteStore({ folder: folder.path }, sampleSchema)
  await first.commit(id(), [insert(counters, counter('short'))])
  await first.close()
  const long = 'x'.repeat(10_000)
  const raw = new DatabaseSync(join(folder.path, 'lading.db'))
  assert.equal(raw.prepare('UPDATE counters SET id = ?').run(long).changes, 1)
  raw.close()
  const store = await openSqliteStore({ folder: folder.path }, sampleSchema)
  const { rows } = await store.find(counters, { index: 'byN', limit: 2 })
  assert.deepEqual(
    rows.map((row) => row.id.length),
    [10_000],
  )
  assert.deepEqual(
    await store.commit(id(), [patch(counters, [long], { add: { n: 1 }, set: { share: 2 } })]),
    ok,
  )
  assert.equal((await store.get(counters, [long]))?.n, 1)
  assert.deepEqual(await store.commit(id(), [remove(counters, [long])]), ok)
  assert.equal(await store.count(counters, { index: 'key', upTo: 2 }), 0)
  await store.close()
})

test('a queue that is full refuses as transient, and takes more when it has emptied', async () => {
  await using folder = await temporaryFolder()
  await (await openSqliteStore({ folder: folder.path }, sampleSchema)).close()
  const data = { file: join(folder.path, 'lading.db'), schema: sampleSchema, reserveBytes: 0 }
  const checked = (name: string): ReturnType<typeof checkedBatch> =>
    checkedBatch(declared(sampleSchema), id(), [insert(counters, counter(name))], Date.now())
  const commitTo = (writer: Writer, name: string): Promise<unknown> =>
    writer.commit(checked(name), Date.now()).catch((error: StoreError) => error.kind)
  const byCount = Writer.start(data, new QueueRoom({ batches: 2, bytes: 1_000 }))
  const three = ['a', 'b', 'c'].map((name) => commitTo(byCount, name))
  assert.deepEqual(await Promise.all(three), [ok, ok, 'transient'])
  assert.deepEqual(await commitTo(byCount, 'c'), ok)
  await byCount.close()
  const byBytes = Writer.start(data, new QueueRoom({ batches: 100, bytes: 30 }))
  const two = ['d', 'e'].map((name) => commitTo(byBytes, name))
  assert.deepEqual(await Promise.all(two), [ok, 'transient'])
  await byBytes.close()
})

test('everything that was answered is there after the process was killed while committing, and no half of a batch', async () => {
  await using folder = await temporaryFolder()
  const script = fileURLToPath(new URL('./committing-child.ts', import.meta.url))
  const child = spawn(process.execPath, [script, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const answered: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    // The output ends with the process: what was said before that counts.
    if (answered.push(line) === 400) child.kill('SIGKILL')
  }
  const [, signal] = await exited
  assert.equal(signal, 'SIGKILL')
  assert.ok(answered.length >= 400)

  const store = await openSqliteStore({ folder: folder.path }, sampleSchema)
  const rows = await Promise.all(answered.map((name) => store.get(counters, [name])))
  assert.deepEqual(
    rows.map((row) => row?.id),
    answered,
  )
  const names: string[] = []
  let after: Position | undefined
  for (;;) {
    const { entries } = await store.tail(happenings, after, 1000)
    if (entries.length === 0) break
    names.push(...entries.map(({ row }) => row.who))
    after = entries.at(-1)?.at
  }
  const kept = await store.count(counters, { index: 'key', upTo: 100_000 })
  assert.equal(names.length, kept - 1)
  assert.equal((await store.get(counters, ['total']))?.n, kept - 1)
  assert.deepEqual(
    answered.filter((name) => !names.includes(name)),
    [],
  )
  assert.deepEqual(await store.commit(id(), [insert(counters, counter('afterwards'))]), ok)
  await store.close()
})

test('a log without its database is not emptied for a new one', async () => {
  await using folder = await temporaryFolder()
  const log = join(folder.path, 'lading.db-wal')
  await writeFile(log, 'what was acknowledged last')
  for (const _time of [1, 2]) {
    await assert.rejects(openSqliteStore({ folder: folder.path }, sampleSchema), (error: unknown) => {
      assert.ok(error instanceof StoreError)
      assert.equal(error.kind, 'permanent')
      assert.match(error.message, /lading\.db is gone, and its log .* is there: bring the database back/)
      return true
    })
  }
  assert.equal(await readFile(log, 'utf8'), 'what was acknowledged last')
})
