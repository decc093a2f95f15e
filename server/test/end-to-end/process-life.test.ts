import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { unwrap } from '../../src/library/result.ts'
import { SQLiteBackend } from '../../src/library/sqlite-backend.ts'

const source = (path: string): string =>
  JSON.stringify(pathToFileURL(join(import.meta.dirname, '../..', path)).href)

const preface = `
  import { MemoryBackend, RegistryManager, SQLiteBackend, unwrap } from ${source('src/library/index.ts')}
  import { StoreError } from ${source('src/ports/store/errors.ts')}
  import { overStore } from ${source('test/kit/over-store.ts')}
  const given = (name) => ({ type: 'skill', source: 'What ' + name + ' does.', metadata: { name } })
`

/** How a program ends that nothing but its last line keeps going, and what it has printed. */
async function ended(
  program: string,
): Promise<{ readonly code: unknown; readonly printed: string; readonly errors: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', preface + program])
  const [[code], printed, errors] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, printed: printed.trim(), errors }
}

async function prints(program: string, expected: string): Promise<void> {
  assert.deepEqual(await ended(program), { code: 0, printed: expected, errors: '' })
}

test('a process waits for a folder that another one holds, and is told that it stays so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-life-'))
  try {
    const holder = new SQLiteBackend({ filename: folder, jobs: false })
    unwrap(await holder.connect())
    await prints(
      `const begun = performance.now()
       const backend = new SQLiteBackend({ filename: ${JSON.stringify(folder)}, timeout: 200 })
       const connected = await backend.connect()
       console.log(connected.error.code, performance.now() - begun >= 200)`,
      'UNAVAILABLE true',
    )
    unwrap(await holder.disconnect())
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a process waits for changes of one artifact that lose their races and are tried again', () =>
  prints(
    `const backend = new MemoryBackend()
     unwrap(await backend.connect())
     const registry = new RegistryManager(backend)
     const { id } = unwrap(await backend.create(given('Ada')))
     const changes = Array.from({ length: 40 }, (_, n) => [
       () => backend.update(id, { metadata: { description: 'by ' + n } }),
       () => registry.star(id, 'user ' + n),
       () => backend.createVersion(id, { version: n + 1 + '.0.0', source: 'of ' + n }),
       () => backend.create({ ...given('Ada'), metadata: { name: 'Ada', slug: 'ada' } }),
     ][n % 4]())
     console.log((await Promise.allSettled(changes)).length)`,
    '40',
  ))

test('a process waits for a commit of a transaction that is tried again', () =>
  prints(
    `let failing = 0
     const store = (right) => overStore(right, {
       commit: async (...given) => {
         if (failing-- > 0) throw new StoreError('transient', 'busy')
         return await right.commit(...given)
       },
     })
     const backend = new MemoryBackend({ jobs: false, wrap: { store }, report: () => undefined })
     unwrap(await backend.connect())
     const transaction = unwrap(await backend.beginTransaction())
     unwrap(await transaction.create(given('Ada')))
     failing = 2
     unwrap(await transaction.commit())
     failing = 2
     unwrap(await backend.create(given('Bo')))
     console.log(unwrap(await backend.count()))`,
    '2',
  ))

test('neither background work nor an open transaction nor a listener keeps a process', () =>
  prints(
    `const backend = new MemoryBackend()
     unwrap(await backend.connect())
     const registry = new RegistryManager(backend)
     registry.on('*', ({ kind }) => console.log(kind))
     const { id } = unwrap(await backend.create(given('Ada')))
     await registry.incrementViews(id)
     unwrap(await backend.purge(id))
     await backend.healthCheck()
     unwrap(await backend.beginTransaction())`,
    'artifact.created\nartifact.purged',
  ))

test('who waits for the next event keeps the process until it came, and no longer', () =>
  prints(
    `const backend = new MemoryBackend()
     unwrap(await backend.connect())
     const registry = new RegistryManager(backend)
     setTimeout(() => void backend.create(given('Ada')), 200).unref()
     for await (const { kind, slug } of registry.events()) {
       console.log(kind, slug)
       if (slug === 'bo') break
       setTimeout(() => void backend.create(given('Bo')), 200).unref()
     }`,
    'artifact.created ada\nartifact.created bo',
  ))

test('who has read an event and asks for no other one, or has stopped waiting, does not keep the process', () =>
  prints(
    `const backend = new MemoryBackend()
     unwrap(await backend.connect())
     const registry = new RegistryManager(backend)
     unwrap(await backend.create(given('Ada')))
     const read = registry.events()
     console.log((await read.next()).value.kind)
     const stopped = registry.events({ from: 1 })
     const next = stopped.next()
     await stopped.return()
     console.log((await next).done)
     const cut = new AbortController()
     const aborted = registry.events({ from: 1, signal: cut.signal }).next()
     cut.abort()
     console.log((await aborted).done)
     const ended = registry.events({ from: 1 }).next()
     unwrap(await backend.disconnect())
     console.log(await ended.catch(({ code }) => code))`,
    'artifact.created\ntrue\ntrue\nUNAVAILABLE',
  ))
