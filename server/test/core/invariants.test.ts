import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { links, manifests, tagHistory, tags } from '../../src/core/catalog/tables.ts'
import { blobs, files, holdings, uploads } from '../../src/core/content/tables.ts'
import type { FileName } from '../../src/ports/blobs/blobs.ts'
import { newBatchId } from '../../src/ports/store/batch-id.ts'
import { insert, patch, remove } from '../../src/ports/store/change.ts'
import type { Change } from '../../src/ports/store/store.ts'
import { allRows, checkInvariants } from './invariants.ts'
import { app, chunks, type Piece, type Scenario, scenario } from './scenario.ts'

interface Stocked {
  readonly s: Scenario
  readonly home: string
  readonly image: Piece
  readonly layer: Piece
  readonly index: Piece
}

/** A registry with something of everything. */
async function stocked(): Promise<Stocked> {
  const s = await scenario()
  const [config, layer] = [s.known('{}', Buffer.from('{}')), s.piece('layer', 100_000)]
  await s.push(config)
  await s.push(layer)
  const image = s.image('image', config, [layer])
  const index = s.index('index', [image])
  await s.put(image, 'v1')
  await s.put(index, 'v1')
  const { id } = await s.registry.uploads.begin(s.caller, app)
  await s.registry.uploads.append(s.caller, app, id, { bytes: chunks(Buffer.alloc(100_000)) })
  await s.push(layer)
  const [row] = await allRows(s.test.store, holdings)
  return { s, home: row?.repository ?? '', image, layer, index }
}

type Spoil = (stocked: Stocked) => Change | Promise<Change | undefined>
const spoils: Readonly<Record<string, Spoil>> = {
  'a holding counts one link too many': ({ home, layer }) =>
    patch(holdings, [home, layer.digest], { add: { refs: 1 } }),
  'a manifest counts one reference too few': ({ home, image }) =>
    patch(manifests, [home, image.digest], { add: { refs: -1 } }),
  'a blob counts one holder too many': ({ layer }) => patch(blobs, [layer.digest], { add: { refs: 1 } }),
  'a blob counts one holder too few': ({ image }) => patch(blobs, [image.digest], { add: { refs: -1 } }),
  'a link is lost': ({ home, image, layer }) => remove(links, [home, image.digest, layer.digest, 'blob']),
  'a link names what is not held': ({ home, image, index }) =>
    insert(links, { repository: home, manifest: image.digest, digest: index.digest, target: 'blob' }),
  'a link of a manifest that is gone': ({ home, layer }) =>
    insert(links, { repository: home, manifest: 'sha256:0', digest: layer.digest, target: 'blob' }),
  'a held blob is gone': ({ layer }) => remove(blobs, [layer.digest]),
  "a manifest's content is gone": ({ image }) => remove(blobs, [image.digest]),
  'a manifest that a tag names is gone': ({ home, index }) => remove(manifests, [home, index.digest]),
  'an entry of history no longer holds': ({ home }) =>
    patch(tagHistory, [home, 'v1', 1], { set: { holds: false } }),
  'an entry of history is gone': ({ home }) => remove(tagHistory, [home, 'v1', 1]),
  'history does not follow': ({ home }) => patch(tagHistory, [home, 'v1', 2], { set: { previous: '' } }),
  'history goes back in time': ({ home }) => patch(tagHistory, [home, 'v1', 1], { add: { at: 1 } }),
  'a tag is not what its history says': ({ home, image }) =>
    patch(tags, [home, 'v1'], { set: { digest: image.digest } }),
  'a tag is gone and its history is not': ({ home }) => remove(tags, [home, 'v1']),
  'a file of a blob is in the trash': async ({ s }) => await inState(s, 'blob', 'trash'),
  'a file of an upload is in the trash': async ({ s }) => await inState(s, 'upload', 'trash'),
  'a file in the trash is back': async ({ s }) => await inState(s, 'trash', 'blob'),
  'a file has lost its row': async ({ s }) => remove(files, [await fileIn(s, 'upload')]),
  'an upload is gone and its file is not': async ({ s }) =>
    remove(uploads, [(await allRows(s.test.store, uploads))[0]?.id ?? '']),
  'two blobs share a file': async ({ s }) =>
    insert(blobs, {
      digest: 'sha256:0',
      size: 1,
      bytes: null,
      file: await fileIn(s, 'blob'),
      refs: 0,
      damagedAt: 0,
    }),
  'a blob has neither bytes nor a file': () =>
    insert(blobs, { digest: 'sha256:0', size: 1, bytes: null, file: '', refs: 0, damagedAt: 0 }),
  'a blob has other bytes than its digest says': ({ image }) =>
    patch(blobs, [image.digest], { set: { bytes: Buffer.alloc(image.bytes.length) } }),
  'a blob has another size': ({ layer }) => patch(blobs, [layer.digest], { add: { size: 1 } }),
  'the bytes of a blob are gone': async ({ s }) => {
    await s.test.blobs.remove((await fileIn(s, 'blob')) as FileName)
    return undefined
  },
  'a stray file': async ({ s }) => {
    await s.test.blobs.append(s.test.blobs.name(), 0, chunks(Buffer.alloc(1)), new AbortController().signal)
    return undefined
  },
  'a row of a repository that is not there': () =>
    insert(tags, { repository: 'gone', tag: 'v1', live: false, digest: '', seq: 0, movedAt: 0, pushedAt: 0 }),
  "a manifest's subject is another": ({ home, image }) =>
    patch(manifests, [home, image.digest], { set: { subject: 'sha256:0' } }),
}

async function fileIn(s: Scenario, state: string): Promise<string> {
  const file = (await allRows(s.test.store, files)).find((row) => row.state === state)?.file
  assert.ok(file, `no file is in state ${state}`)
  return file
}

async function inState(s: Scenario, from: string, to: 'blob' | 'trash'): Promise<Change> {
  return patch(files, [await fileIn(s, from)], { set: { state: to } })
}

test('what the use cases leave contradicts nothing', async () => {
  const { s } = await stocked()
  await checkInvariants(s.test.core)
})

describe('what contradicts itself is found', () => {
  for (const [name, spoil] of Object.entries(spoils)) {
    test(name, async () => {
      const world = await stocked()
      const change = await spoil(world)
      const { store, core, clock } = world.s.test
      const id = newBatchId(clock.now(), (length) => crypto.getRandomValues(new Uint8Array(length)))
      if (change !== undefined) assert.deepEqual(await store.commit(id, [change]), { ok: true })
      await assert.rejects(checkInvariants(core), assert.AssertionError)
    })
  }
})
