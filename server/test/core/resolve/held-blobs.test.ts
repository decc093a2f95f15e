import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blobs } from '../../../src/core/content/tables.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import { overStore } from '../../kit/over-store.ts'
import { app, type Piece, promised, refused, type Scenario, scenario } from '../scenario.ts'

/** A registry whose reads of the store are counted. */
async function counted(): Promise<{ s: Scenario; reads: () => number }> {
  let reads = 0
  const s = await scenario({
    wrap: (store) =>
      overStore(store, {
        get: (table, key, from) => {
          reads++
          return store.get(table, key, from)
        },
      }),
  })
  return { s, reads: () => reads }
}

async function read(s: Scenario, { digest }: Piece, range?: { start: number; end: number }): Promise<string> {
  await using content = await s.registry.blobs.open(s.caller, app, digest, range && (() => range))
  const chunks: Uint8Array[] = []
  for await (const chunk of content.bytes) chunks.push(Uint8Array.from(chunk))
  const bytes = Buffer.concat(chunks)
  if (content.inline !== undefined) assert.deepEqual(Buffer.from(content.inline), bytes)
  assert.deepEqual(content.range, range)
  return bytes.toString()
}

test('a small blob is read once, whole and in parts, and again when its repository has lost and regained it', async () => {
  const { s, reads } = await counted()
  const piece = s.known('small', Buffer.from('hello there'))
  await s.push(piece)
  assert.equal(await read(s, piece), 'hello there')
  const before = reads()
  assert.equal(await read(s, piece), 'hello there')
  assert.equal(await read(s, piece, { start: 6, end: 8 }), 'the')
  assert.equal(reads(), before)
  await s.registry.blobs.delete(s.caller, app, piece.digest)
  await refused(
    promised(() => s.registry.blobs.open(s.caller, app, piece.digest)),
    'blob-unknown',
  )
  await s.push(piece)
  assert.equal(await read(s, piece), 'hello there')
})

test('that a blob is missing is kept too, until it comes', async () => {
  const { s, reads } = await counted()
  const piece = s.known('late', Buffer.from('late'))
  const missing = (error: unknown): boolean => isRegistryError(error, 'blob-unknown')
  await assert.rejects(read(s, piece), missing)
  const before = reads()
  await assert.rejects(read(s, piece), missing)
  assert.equal(reads(), before)
  await s.push(piece)
  assert.equal(await read(s, piece), 'late')
})

test('a large blob comes from its file each time', async () => {
  const { s } = await counted()
  const piece = s.piece('large', 100_000)
  await s.push(piece)
  for (let time = 0; time < 2; time++) {
    await using content = await s.registry.blobs.open(s.caller, app, piece.digest)
    assert.equal(content.inline, undefined)
    const chunks: Uint8Array[] = []
    for await (const chunk of content.bytes) chunks.push(Uint8Array.from(chunk))
    assert.deepEqual(Buffer.concat(chunks), Buffer.from(piece.bytes))
  }
})

test('a range is asked of the size, and what it refuses is refused', async () => {
  const { s } = await counted()
  const piece = s.known('small', Buffer.from('hello'))
  await s.push(piece)
  const sizes: number[] = []
  await s.registry.blobs.open(s.caller, app, piece.digest, (size) => {
    sizes.push(size)
    return undefined
  })
  assert.deepEqual(sizes, [5])
  const broken = promised(() =>
    s.registry.blobs.open(s.caller, app, piece.digest, () => {
      throw new RangeError('no')
    }),
  )
  await assert.rejects(broken, RangeError)
})

test('where the engine can send clients to a file, a large blob is elsewhere for a while, and a small one is not', async () => {
  const { s } = await counted()
  const [large, small] = [s.piece('large', 100_000), s.known('small', Buffer.from('hello'))]
  await s.push(large)
  await s.push(small)
  const asked: [string, number][] = []
  Object.assign(s.test.core.blobs, {
    can: { redirect: true, minAppend: 0 },
    redirect: async (file: string, lifetimeMs: number) => {
      asked.push([file, lifetimeMs])
      return new URL(`https://bucket.example.com/${file}`)
    },
  })
  await using content = await s.registry.blobs.open(s.caller, app, large.digest)
  const file = (await s.test.core.store.get(blobs, [large.digest]))?.file ?? ''
  assert.deepEqual(asked, [[file, s.test.core.limits.redirectLifetime]])
  assert.equal(content.elsewhere?.href, `https://bucket.example.com/${file}`)
  assert.equal(content.size, 100_000)
  assert.ok(s.test.core.limits.redirectLifetime < s.test.core.limits.trashDelay)
  assert.equal(await read(s, small), 'hello')
  await refused(
    promised(() => s.registry.blobs.open(s.caller, app, s.piece('other', 100_000).digest)),
    'blob-unknown',
  )
})
