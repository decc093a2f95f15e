import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'
import type { DiskEvent } from './disk-events.ts'
import { recordMigration } from './recorded-migration.ts'
import { type Recording, record } from './recording.ts'
import { replay } from './replay.ts'
import { cannotTrace, type LeftOut } from './traced-server.ts'

const states = Number(process.env['LADING_POWER_CUTS'] ?? 100)
const seed = Date.now() % 2 ** 31
const again = `npm run power-cuts -- --states ${states} --seed ${seed}`
const skip = cannotTrace()
/** Cuts within which a mutant must be seen. */
const mutantStates = 60
let sound: Recording

const isDatabase = (path: string): boolean => path.endsWith('/lading.db')

async function recorded(leave?: LeftOut): Promise<Recording> {
  return await below((root) => record(root, seed, leave))
}

async function below(work: (root: string) => Promise<Recording>): Promise<Recording> {
  const root = await mkdtemp(join(tmpdir(), 'lading-power-'))
  try {
    return await work(root)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

before(async () => {
  if (skip === false) sound = await recorded()
})

test('a recorded run has all that a power cut could spoil', { skip }, () => {
  const has = (what: (event: DiskEvent) => boolean): boolean => sound.events.some(what)
  assert.ok(has((event) => event.do === 'write' && event.path.endsWith('/lading.db-wal')))
  assert.ok(
    has((event) => event.do === 'write' && event.path.endsWith('/lading.db')),
    'no checkpoint',
  )
  assert.ok(has((event) => event.do === 'write' && event.path.includes('/blobs/')))
  assert.ok(
    has((event) => event.do === 'write' && event.bytes.length === 1_048_576),
    'no whole buffer',
  )
  assert.ok(
    has((event) => event.do === 'unlink' && event.path.includes('/blobs/')),
    'nothing left the trash',
  )
})

test('after every power cut all that was acknowledged is there', { skip }, async (t) => {
  const { wrong, ...counts } = await replay(sound, { seed, states })
  t.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}`)
  assert.deepEqual(wrong, [], again)
  assert.ok(counts.atFlushes + counts.elsewhere > states / 2, again)
})

test('after every power cut in a migration all that the folder held is there', { skip }, async (t) => {
  const migration = await below(recordMigration)
  const { wrong, ...counts } = await replay(migration, { seed, states: Math.ceil(states / 2) })
  t.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}`)
  assert.deepEqual(wrong, [], `seed ${seed}`)
  const events = migration.events.filter((event) => event.do !== 'sync' || !isDatabase(event.path))
  await findLoss({ ...migration, events })
})

async function findLoss(recording: Recording): Promise<string> {
  const { wrong } = await replay(recording, { seed, states: mutantStates })
  assert.notDeepEqual(wrong, [], `the loss was not seen: ${again}`)
  return wrong.join('\n')
}

test('without the flush of files, in a real run, the loss is seen', { skip }, async () => {
  assert.match(await findLoss(await recorded('file')), /blob|manifest/)
})

/** Flushes that answer and have done nothing. */
const unflushed: Readonly<Record<string, (path: string) => boolean>> = {
  'the log': (path) => path.endsWith('/lading.db-wal'),
  'the database': isDatabase,
  'the shards': (path) => /\/blobs\/..$/.test(path),
  'the folder of shards': (path) => path.endsWith('/blobs'),
  'the data folder': (path) => path.endsWith('/data'),
  'the folder above it': (path) => path.endsWith('/disk'),
}

test('without one of the other flushes the loss is seen', { skip }, async (t) => {
  for (const [what, isLeftOut] of Object.entries(unflushed)) {
    await t.test(what, async () => {
      const events = sound.events.filter((event) => event.do !== 'sync' || !isLeftOut(event.path))
      assert.ok(events.length < sound.events.length, 'it is never flushed')
      await findLoss({ ...sound, events })
    })
  }
})
