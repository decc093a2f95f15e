import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MemoryFiles, newMemoryFiles } from '../../../src/adapters/blobs/memory/memory-files.ts'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { type ScrubReport, scrub } from '../../../src/core/care/scrub.ts'
import { manifests } from '../../../src/core/catalog/tables.ts'
import { blobs, files, holdings, namespaces } from '../../../src/core/content/tables.ts'
import type { Step } from '../../../src/core/ledger/progress.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import type { FileName } from '../../../src/ports/blobs/blobs.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { patch } from '../../../src/ports/store/change.ts'
import type { Change } from '../../../src/ports/store/store.ts'
import { allRows, checkInvariants } from '../invariants.ts'
import { testCore } from '../kit.ts'
import { app, chunks, type Piece, promised, Scenario } from '../scenario.ts'

interface Shelf extends AsyncDisposable {
  readonly s: Scenario
  readonly stored: MemoryFiles
  readonly large: Piece
  readonly image: Piece
  fileOf(piece: Piece): Promise<FileName>
  scrub(readContent?: boolean): Promise<ScrubReport>
  break(...changes: Change[]): Promise<void>
}

/** A registry with one image of a small config and a large layer. */
async function shelf(): Promise<Shelf> {
  const stored = newMemoryFiles()
  const core = await testCore({ blobs: openMemoryBlobs({ files: stored }) })
  const s = new Scenario(core)
  const [config, large] = [s.piece('config'), s.piece('large', 200_000)]
  const image = s.image('image', config, [large])
  await s.push(config)
  await s.push(large)
  await s.put(image, 'v1')
  return {
    s,
    stored,
    large,
    image,
    fileOf: async ({ digest }) => (await core.store.get(blobs, [digest]))?.file as FileName,
    scrub: (readContent = true) => scrub(core.core, { readContent }, () => {}, new AbortController().signal),
    break: async (...changes) => {
      const id = newBatchId(core.clock.now(), (length) => core.core.random.bytes(length))
      assert.deepEqual(await core.store.commit(id, changes), { ok: true })
    },
    [Symbol.asyncDispose]: () => core[Symbol.asyncDispose](),
  }
}

function flipBit({ byName }: MemoryFiles, file: FileName): void {
  const chunk = byName.get(file)?.chunks.at(-1)
  assert.ok(chunk !== undefined)
  chunk[chunk.length - 1] = (chunk.at(-1) as number) ^ 1
}

async function pull(s: Scenario, { digest }: Piece): Promise<Buffer> {
  await using opened = await s.registry.blobs.open(s.caller, app, digest)
  const parts: Uint8Array[] = []
  for await (const part of opened.bytes) parts.push(Uint8Array.from(part))
  return Buffer.concat(parts)
}

async function code(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  )
  assert.ok(isRegistryError(error))
  return error.code
}

test('a sound registry: everything is read, nothing is told', async () => {
  await using it = await shelf()
  const steps: Step[] = []
  const report = await scrub(
    it.s.test.core,
    { readContent: true },
    (step) => steps.push(step),
    new AbortController().signal,
  )
  const bytes = 20 + 200_000 + it.image.bytes.length
  assert.deepEqual(report, { blobs: 3, bytes, files: 1, records: 3, findings: [], found: {}, sound: true })
  assert.equal(steps.filter((step) => step.unit === 'bytes').at(-1)?.done, bytes)
})

test('a flipped bit is quarantined, and the next push of that content mends it', async () => {
  await using it = await shelf()
  const { s, large } = it
  flipBit(it.stored, await it.fileOf(large))
  const report = await it.scrub()
  assert.equal(report.sound, false)
  assert.deepEqual(report.found, { changed: 1 })
  const [finding] = report.findings
  assert.deepEqual(
    { ...finding, what: '' },
    { damage: 'changed', remedy: 'quarantined', target: large.digest, what: '', repositories: ['acme/app'] },
  )
  assert.equal(await code(pull(s, large)), 'content-damaged')
  assert.equal(await code(promised(() => s.registry.blobs.stat(s.caller, app, large.digest))), 'blob-unknown')
  const mounted = await s.registry.uploads.mount(s.caller, app, large.digest, undefined)
  assert.equal(mounted, undefined, 'damaged content is not spread')
  await s.push(large)
  assert.deepEqual(await pull(s, large), Buffer.from(large.bytes))
  await checkInvariants(s.test.core)
  assert.equal((await it.scrub()).sound, true)
})

test('a missing blob is found without reading content, and a wrong length too', async () => {
  await using it = await shelf()
  it.stored.byName.delete(await it.fileOf(it.large))
  const report = await it.scrub(false)
  assert.deepEqual(report.found, { missing: 1 })
  assert.equal(report.bytes, 0)
  await it.s.push(it.large)
  const kept = it.stored.byName.get(await it.fileOf(it.large))
  assert.ok(kept)
  kept.length -= 1
  kept.chunks[kept.chunks.length - 1] = kept.chunks.at(-1)?.subarray(0, -1) as Uint8Array<ArrayBuffer>
  assert.deepEqual((await it.scrub(false)).found, { short: 1 })
  await it.s.push(it.large)
  assert.equal((await it.scrub()).sound, true)
})

test('a read that meets the loss marks it, so that a push mends it before any scrub', async () => {
  await using it = await shelf()
  it.stored.byName.delete(await it.fileOf(it.large))
  assert.equal(await code(pull(it.s, it.large)), 'content-damaged')
  assert.notEqual((await it.s.test.store.get(blobs, [it.large.digest]))?.damagedAt, 0)
  await it.s.push(it.large)
  assert.deepEqual(await pull(it.s, it.large), Buffer.from(it.large.bytes))
  await checkInvariants(it.s.test.core)
})

test('a second copy in the trash mends it', async () => {
  await using it = await shelf()
  await it.s.push(it.large)
  flipBit(it.stored, await it.fileOf(it.large))
  const report = await it.scrub()
  assert.deepEqual(
    report.findings.map(({ damage, remedy }) => ({ damage, remedy })),
    [{ damage: 'changed', remedy: 'mended' }],
  )
  assert.equal(report.sound, true)
  assert.deepEqual(await pull(it.s, it.large), Buffer.from(it.large.bytes))
  await checkInvariants(it.s.test.core)
})

test('the same bytes under another algorithm mend it', async () => {
  await using it = await shelf()
  const { createHash } = await import('node:crypto')
  const digest = `sha512:${createHash('sha512').update(it.large.bytes).digest('hex')}` as Piece['digest']
  const body = { bytes: chunks(it.large.bytes), length: it.large.bytes.length }
  await it.s.registry.uploads.push(it.s.caller, app, digest, body)
  it.stored.byName.delete(await it.fileOf(it.large))
  assert.deepEqual(
    (await it.scrub()).findings.map(({ remedy }) => remedy),
    ['mended'],
  )
  assert.deepEqual(await pull(it.s, it.large), Buffer.from(it.large.bytes))
})

test('content that is sound again is given out again', async () => {
  await using it = await shelf()
  const file = await it.fileOf(it.large)
  flipBit(it.stored, file)
  await it.scrub()
  flipBit(it.stored, file)
  const report = await it.scrub()
  assert.deepEqual(
    report.findings.map(({ remedy }) => remedy),
    ['recovered'],
  )
  assert.deepEqual(await pull(it.s, it.large), Buffer.from(it.large.bytes))
})

test('a damaged manifest is mended by its next push', async () => {
  await using it = await shelf()
  await it.break(patch(blobs, [it.image.digest], { set: { bytes: Buffer.from('{}') } }))
  assert.deepEqual((await it.scrub()).found, { short: 1 })
  await it.s.put(it.image, 'v1')
  const { bytes } = await it.s.registry.manifests.get(app, it.image.digest)
  assert.deepEqual(Buffer.from(bytes), Buffer.from(it.image.bytes))
  await checkInvariants(it.s.test.core)
})

test('an orphan goes to the trash; a file that is still being written does not', async () => {
  await using it = await shelf()
  const orphan = it.s.test.blobs.name()
  await it.s.test.blobs.append(orphan, 0, chunks(Buffer.alloc(100_000)), new AbortController().signal)
  const { id } = await it.s.registry.uploads.begin(it.s.caller, app)
  await it.s.registry.uploads.append(it.s.caller, app, id, { bytes: chunks(Buffer.alloc(100_000)) })
  const report = await it.scrub()
  assert.deepEqual(report.findings, [
    { damage: 'orphan', remedy: 'trashed', target: orphan, what: 'no record knows this file' },
  ])
  assert.equal((await it.s.test.store.get(files, [orphan]))?.state, 'trash')
  assert.equal(report.sound, true)
})

test('records that contradict each other are told, each once', async () => {
  await using it = await shelf()
  const [held] = await allRows(it.s.test.store, holdings)
  assert.ok(held)
  await it.break(
    patch(holdings, [held.repository, held.digest], { add: { refs: 1 } }),
    patch(manifests, [held.repository, it.image.digest], { add: { refs: 2 } }),
    patch(namespaces, ['acme'], { add: { bytes: 7 } }),
    patch(files, [await it.fileOf(it.large)], { set: { state: 'upload' } }),
  )
  const report = await it.scrub()
  assert.deepEqual(report.found, { record: 4 })
  assert.equal(report.sound, false)
  const file = await it.fileOf(it.large)
  assert.deepEqual(
    report.findings.map(({ target }) => target).toSorted(),
    [`acme/app@${held.digest}`, `acme/app@${it.image.digest}`, `files ${file}`, 'namespace acme'].toSorted(),
  )
})

test('a scrub while others push and delete finds nothing', async () => {
  await using it = await shelf()
  let running = true
  const pushing = (async () => {
    for (let n = 0; n < 60; n++) {
      const layer = it.s.piece(`layer ${n}`, n % 2 === 0 ? 70_000 : 30)
      await it.s.push(layer)
      const image = it.s.image(`image ${n}`, layer, [it.large])
      await it.s.put(image, 'moving')
      if (n % 3 === 0) await it.s.delete(image.digest)
    }
    running = false
  })()
  const reports: ScrubReport[] = []
  while (running) reports.push(await it.scrub())
  await pushing
  assert.deepEqual(
    reports.flatMap(({ findings }) => findings),
    [],
  )
  await checkInvariants(it.s.test.core)
})

test('it can be stopped', async () => {
  await using it = await shelf()
  const stop = new AbortController()
  const running = scrub(
    it.s.test.core,
    { readContent: true },
    () => stop.abort(new Error('enough')),
    stop.signal,
  )
  await assert.rejects(running, { message: 'enough' })
})
