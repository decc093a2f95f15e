import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { openMemoryCache } from '../../../src/adapters/cache/memory/open-memory-cache.ts'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { schema } from '../../../src/boot/schema.ts'
import { overriding } from '../../../src/domain/overriding.ts'
import type { Report } from '../../../src/library/backend-options.ts'
import { begun, done, made, named, refused } from '../../../src/library/backend-suite/harness.ts'
import { embedded, embeddedBackend } from '../../../src/library/embedded.ts'
import { isRegistryError } from '../../../src/library/errors.ts'
import { MemoryBackend } from '../../../src/library/memory-backend.ts'
import { reportTelemetry } from '../../../src/library/report-telemetry.ts'
import { SQLiteBackend } from '../../../src/library/sqlite-backend.ts'
import { StoreBackend } from '../../../src/library/store-backend.ts'
import { overStore } from '../../kit/over-store.ts'

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-backends-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a data folder is named by itself, or by the database in it, there already or not', async () => {
  await inFolder(async (folder) => {
    const data = join(folder, 'deep', 'data.v1')
    const names = [data, join(data, 'lading.db'), `${data}/`]
    for (const [at, filename] of names.entries()) {
      const backend = new SQLiteBackend({ filename, wal: true, timeout: 0 })
      done(await backend.connect())
      await made(backend, named(`Ada ${at}`))
      assert.equal(done(await backend.count()), at + 1)
      done(await backend.disconnect())
      assert.ok((await stat(join(data, 'lading.db'))).isFile())
    }
  })
})

test('what cannot be a data folder is VALIDATION at connect, and says what to do', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'other.db')
    await writeFile(file, 'mine')
    for (const filename of ['', 'a\0b', 7, undefined, file])
      refused(await new SQLiteBackend({ filename: filename as string }).connect(), 'VALIDATION', 'filename')
    assert.match(
      refused(await new SQLiteBackend({ filename: file }).connect(), 'VALIDATION'),
      /name a folder/,
    )
    const filename = join(folder, 'data')
    for (const wal of [false, 'yes'])
      refused(await new SQLiteBackend({ filename, wal: wal as boolean }).connect(), 'VALIDATION', 'wal')
    for (const timeout of [-1, 0.5, '5'])
      refused(
        await new SQLiteBackend({ filename, timeout: timeout as number }).connect(),
        'VALIDATION',
        'timeout',
      )
    assert.deepEqual(await readdir(folder), ['other.db'])
  })
})

test('a folder that is in use is waited for as long as was said, and then UNAVAILABLE', async () => {
  await inFolder(async (filename) => {
    const first = new SQLiteBackend({ filename })
    done(await first.connect())
    const second = new SQLiteBackend({ filename, timeout: 0 })
    assert.match(refused(await second.connect(), 'UNAVAILABLE'), /in use by another/)
    const third = new SQLiteBackend({ filename, timeout: 60_000 })
    const waiting = third.connect()
    done(await first.disconnect())
    done(await waiting)
    done(await third.disconnect())
    done(await second.connect())
    done(await second.disconnect())
  })
})

test('a folder that cannot be opened is UNAVAILABLE, and the store is let go of again', async () => {
  await inFolder(async (filename) => {
    await writeFile(join(filename, 'blobs'), 'in the way')
    const backend = new SQLiteBackend({ filename })
    assert.match(refused(await backend.connect(), 'UNAVAILABLE'), /cannot be opened/)
    await rm(join(filename, 'blobs'))
    done(await backend.connect())
    done(await backend.disconnect())
    await writeFile(join(filename, 'lading.db'), 'no database '.repeat(1_000))
    refused(await backend.connect(), 'UNAVAILABLE')
  })
})

test('in memory, SQLite leaves no file behind, connected anew it is empty, and a failure to open leaves none either', async () => {
  await inFolder(async (folder) => {
    const usual = process.env['TMPDIR']
    process.env['TMPDIR'] = folder
    try {
      const backend = new SQLiteBackend({ filename: ':memory:' })
      for (let round = 0; round < 2; round++) {
        done(await backend.connect())
        assert.equal(done(await backend.count()), 0)
        await made(backend, named('Ada', { source: 'large '.repeat(50_000) }))
        assert.equal((await readdir(folder)).length, 1)
        done(await backend.disconnect())
        assert.deepEqual(await readdir(folder), [])
      }
      const broken = new SQLiteBackend({
        filename: ':memory:',
        wrap: { store: (store) => overStore(store, { commit: () => Promise.reject(new Error('broken')) }) },
      })
      refused(await broken.connect(), 'INTERNAL')
      assert.deepEqual(await readdir(folder), [])
      const program = join(import.meta.dirname, 'connected-and-gone.ts')
      const child = spawn(process.execPath, [program], { stdio: 'inherit', env: { ...process.env } })
      assert.deepEqual(await once(child, 'exit'), [0, null])
      assert.deepEqual(await readdir(folder), [])
    } finally {
      if (usual === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = usual
    }
  })
})

test('a store of any make is opened at each connect with the schema, and closed with its blobs', async () => {
  const told: string[] = []
  const store = await openMemoryStore(schema)
  const blobs = openMemoryBlobs()
  const backend = new StoreBackend({
    store: async (given) => {
      assert.equal(given, schema)
      told.push('open')
      return overStore(store, { close: async () => void told.push('store closed') })
    },
    blobs: async () => overriding(blobs, { close: async () => void told.push('blobs closed') }),
    cache: openMemoryCache({ maxBytes: 1_000 }),
  })
  for (let round = 1; round <= 2; round++) {
    done(await backend.connect())
    await made(backend, named('Ada'))
    assert.equal(done(await backend.count()), round)
    done(await backend.disconnect())
  }
  assert.deepEqual(told, ['open', 'blobs closed', 'store closed', 'open', 'blobs closed', 'store closed'])
})

test('where the blobs cannot be opened, the store is closed; without blobs they are in memory', async () => {
  let closed = 0
  const store = async (): Promise<Awaited<ReturnType<typeof openMemoryStore>>> => {
    const opened = await openMemoryStore(schema)
    const close = async (): Promise<void> => {
      closed += 1
    }
    return overStore(opened, { close }) as typeof opened
  }
  const broken = new StoreBackend({ store, blobs: () => Promise.reject(new Error('no blobs')) })
  refused(await broken.connect(), 'INTERNAL')
  assert.equal(closed, 1)
  const backend = new StoreBackend({ store })
  done(await backend.connect())
  const { id } = await made(backend, named('Ada', { source: 'large '.repeat(50_000) }))
  assert.equal(done(await backend.read(id)).source.length, 300_000)
  done(await backend.disconnect())
  assert.equal(closed, 2)
})

test('a failure to close is told, and everything else is closed all the same', async () => {
  let isStoreClosed = false
  const backend = new StoreBackend({
    store: async () => {
      const opened = await openMemoryStore(schema)
      return overStore(opened, {
        close: async () => {
          isStoreClosed = true
        },
      })
    },
    blobs: async () => Object.assign(openMemoryBlobs(), { close: () => Promise.reject(new Error('stuck')) }),
  })
  done(await backend.connect())
  refused(await backend.disconnect(), 'INTERNAL')
  assert.equal(isStoreClosed, true)
  done(await backend.disconnect())
})

test('where others may have the store open, what they hold is not taken for that of the dead', async () => {
  const backend = new StoreBackend({
    store: async (given) => {
      const opened = await openMemoryStore(given)
      return overStore(opened, { can: { ...opened.can, shared: true } })
    },
  })
  done(await backend.connect())
  await made(backend, named('Ada'))
  done(await backend.disconnect())
})

test('limits are said by name, and what is none, or none that can be, is VALIDATION', async () => {
  const well = new MemoryBackend({ limits: { titleLength: 5 } })
  done(await well.connect())
  refused(await well.create(named('Much too long')), 'VALIDATION', 'metadata.name')
  done(await well.disconnect())
  for (const [name, value] of [
    ['titleLenght', 5],
    ['titleLength', -1],
    ['titleLength', 0.5],
    ['titleLength', '5'],
    ['pageSize', 0],
    ['pageSize', 1_001],
    ['__proto__x', 1],
  ] as const) {
    const backend = new MemoryBackend({ limits: { [name]: value } as object })
    refused(await backend.connect(), 'VALIDATION', `limits.${name}`)
  }
})

test('a kind of one’s own is made, found and checked like any other; what is no kind is VALIDATION', async () => {
  const recipe = {
    name: 'recipe',
    about: 'How to cook something.',
    schema: { type: 'object', properties: { serves: { type: 'integer' } } },
  }
  const backend = new MemoryBackend({ kinds: [recipe] })
  done(await backend.connect())
  const { id, type } = await made(backend, named('Soup', { type: 'recipe' }))
  assert.equal(type, 'recipe')
  assert.deepEqual(
    done(await backend.find({ filter: { type: 'recipe' } })).items.map((item) => item.id),
    [id],
  )
  assert.ok(backend[embedded]().kinds.has('recipe'))
  done(await backend.disconnect())
  refused(await new MemoryBackend({ kinds: [{ ...recipe, name: 'Bad Name' }] }).connect(), 'VALIDATION')
})

test('other faces reach the registry of a connected backend, and no other', async () => {
  const backend = new MemoryBackend()
  assert.throws(() => backend[embedded](), { code: 'UNAVAILABLE' })
  done(await backend.connect())
  assert.equal(embeddedBackend(backend)[embedded]().limits.pageSize, 1_000)
  const { artifacts } = backend[embedded]()
  done(await backend.disconnect())
  await assert.rejects(artifacts.read('x'), { code: 'UNAVAILABLE' })
  for (const other of [undefined, null, 7, {}, new Map()])
    assert.throws(
      () => embeddedBackend(other),
      (error) => isRegistryError(error, 'VALIDATION') && error.field === 'backend',
    )
})

test('background work is done where it is not left out: what was purged goes', async () => {
  for (const jobs of [true, false]) {
    let rows = async (): Promise<number> => 0
    const backend = new MemoryBackend({
      jobs,
      wrap: {
        store: (store) => {
          const tags = schema.tables.find(({ name }) => name === 'tags')
          assert.ok(tags !== undefined)
          rows = () => store.count(tags, { index: 'key', upTo: 10 })
          return store
        },
      },
    })
    done(await backend.connect())
    const { id } = await made(backend, named('Ada'))
    assert.equal(await rows(), 1)
    done(await backend.purge(id))
    if (jobs) while ((await rows()) > 0) await new Promise((resolve) => setTimeout(resolve, 2))
    assert.equal(await rows(), jobs ? 0 : 1)
    done(await backend.disconnect())
  }
})

test('what happens behind the operations is reported to who wants it, and else is a warning of the process', async () => {
  const reports: Report[] = []
  const heard = reportTelemetry((report) => reports.push(report))
  heard.debug('one')
  heard.info('two', { a: 1 })
  heard.warn('three')
  const error = new Error('broken')
  heard.error('four', error, { b: true })
  heard.count('lading_store_groups_total')
  heard.observe('lading_job_duration_seconds', 1)
  assert.deepEqual(reports, [
    { level: 'debug', message: 'one', fields: {} },
    { level: 'info', message: 'two', fields: { a: 1 } },
    { level: 'warn', message: 'three', fields: {} },
    { level: 'error', message: 'four', error, fields: { b: true } },
  ])
  reportTelemetry(() => {
    throw new Error('a listener of its own')
  }).warn('is heard')
  const warned = once(process, 'warning')
  const usual = reportTelemetry()
  usual.debug('silent')
  usual.info('silent')
  usual.error('background work failed', error)
  const [warning] = (await warned) as [Error & { detail: string }]
  assert.deepEqual([warning.name, warning.message], ['LadingWarning', 'background work failed'])
  assert.match(warning.detail, /broken/)
  const again = once(process, 'warning')
  usual.warn('look at this')
  assert.equal(((await again) as [Error])[0].message, 'look at this')
})

test('many callers that connect, work and disconnect at once leave a backend that works', async () => {
  await inFolder(async (folder) => {
    await mkdir(join(folder, 'data'))
    const backend = new SQLiteBackend({ filename: join(folder, 'data') })
    const turns = await Promise.all([
      backend.connect(),
      backend.disconnect(),
      backend.connect(),
      backend.connect(),
      backend.disconnect(),
      backend.connect(),
    ])
    for (const result of turns) done(result)
    const transaction = await begun(backend)
    await made(transaction, named('Ada'))
    done(await transaction.commit())
    assert.equal(done(await backend.count()), 1)
    done(await backend.disconnect())
  })
})
