import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blobs } from '../../../src/core/content/tables.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import type { TestCoreOptions } from '../kit.ts'
import { app, other, type Piece, promised, refused, type Scenario, scenario, tag } from '../scenario.ts'

/** A registry with two images. */
async function stocked(options: TestCoreOptions = {}): Promise<{ s: Scenario; one: Piece; two: Piece }> {
  const s = await scenario(options)
  const config = s.known('{}', Buffer.from('{}'))
  await s.push(config)
  const [one, two] = [s.image('one', config, []), s.image('two', config, [config])]
  await s.put(one)
  await s.put(two)
  return { s, one, two }
}

test('the second read is synchronous, by tag and by digest, and says the same', async () => {
  const { s, one } = await stocked()
  await s.put(one, 'v1')
  const expected = {
    digest: one.digest,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    size: one.bytes.length,
  }
  for (const reference of [tag('v1'), one.digest]) {
    const first = s.registry.manifests.get(app, reference)
    assert.ok(first instanceof Promise)
    assert.deepEqual(await first, { ...expected, bytes: Uint8Array.from(one.bytes) })
    const second = s.registry.manifests.get(app, reference)
    assert.ok(!(second instanceof Promise))
    assert.deepEqual(second, { ...expected, bytes: Uint8Array.from(one.bytes) })
    const { bytes: _, ...info } = (await s.registry.manifests.stat(s.caller, app, reference)) as typeof second
    assert.deepEqual(info, expected)
  }
})

test('that something is not there is remembered, until it comes', async () => {
  const { s, one } = await stocked()
  const missing = async (repository = app): Promise<void> => {
    const get = async (): Promise<unknown> => await s.registry.manifests.get(repository, tag('v1'))
    assert.deepEqual(await refused(get(), 'manifest-unknown'), { reference: 'v1' })
  }
  await missing()
  assert.throws(() => s.registry.manifests.get(app, tag('v1')), { code: 'manifest-unknown' })
  await missing(other)
  assert.throws(() => s.registry.manifests.get(other, tag('v1')), { code: 'manifest-unknown' })
  await s.put(one, 'v1')
  assert.equal((await s.registry.manifests.get(app, tag('v1'))).digest, one.digest)
  await s.push(s.known('{}', Buffer.from('{}')), other)
  await s.put(one, 'v1', { repository: other })
  assert.equal((await s.registry.manifests.get(other, tag('v1'))).digest, one.digest)
})

test('a tag that moved or went, and a manifest that went, are not answered from memory', async () => {
  const { s, one, two } = await stocked()
  const now = async (): Promise<string> => (await s.registry.manifests.get(app, tag('v1'))).digest
  await s.put(one, 'v1')
  for (let n = 0; n < 2; n++) assert.equal(await now(), one.digest)
  await s.put(two, 'v1')
  for (let n = 0; n < 2; n++) assert.equal(await now(), two.digest)
  await s.delete('v1')
  await refused(now(), 'manifest-unknown')
  await s.put(two, 'v1')
  assert.equal(await now(), two.digest)
  await s.delete(two.digest)
  await refused(now(), 'manifest-unknown')
  await refused((async () => await s.registry.manifests.get(app, two.digest))(), 'manifest-unknown')
})

test('a tag can be read as it was at any time, to the millisecond', async () => {
  const { s, one, two } = await stocked()
  const start = s.test.clock.now()
  const at = async (ms: number): Promise<string> => {
    try {
      return (await s.registry.manifests.getAt(app, tag('v1'), start + ms)).digest
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  await s.test.clock.advance(10)
  await s.put(one, 'v1')
  await s.test.clock.advance(10)
  await s.put(two, 'v1')
  await s.test.clock.advance(10)
  await s.delete('v1')
  await s.test.clock.advance(10)
  await s.put(one, 'v1')
  const seen = await Promise.all([0, 9, 10, 19, 20, 29, 30, 39, 40, 1000].map(at))
  const none = 'manifest-unknown'
  assert.deepEqual(seen, [
    none,
    none,
    one.digest,
    one.digest,
    two.digest,
    two.digest,
    none,
    none,
    one.digest,
    one.digest,
  ])
  assert.equal(await s.registry.manifests.getAt(other, tag('v1'), start).catch((error) => error.code), none)
})

test('of several changes in one millisecond the last counts, and a clock that steps back breaks no history', async () => {
  const { s, one, two } = await stocked()
  const start = s.test.clock.now()
  await s.put(one, 'v1')
  await s.put(two, 'v1')
  s.test.clock.step(-60_000)
  await s.effect(() => s.put(one, 'v1'))
  await s.effect(() => s.put(two, 'v1'))
  assert.equal((await s.registry.manifests.getAt(app, tag('v1'), start)).digest, two.digest)
  await refused(s.registry.manifests.getAt(app, tag('v1'), start - 1), 'manifest-unknown')
})

test('what was deleted cannot be had from the past', async () => {
  const { s, one } = await stocked()
  await s.put(one, 'v1')
  const before = s.test.clock.now()
  await s.test.clock.advance(10)
  await s.delete(one.digest)
  await refused(s.registry.manifests.getAt(app, tag('v1'), before), 'manifest-unknown')
})

/** Lets a test do something when content is about to be read. */
function interrupting(): { wrap: (store: Store) => Store; before: { read?: () => Promise<unknown> } } {
  const before: { read?: () => Promise<unknown> } = {}
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get: (_, name) =>
        name === 'get'
          ? async (...args: Parameters<Store['get']>) => {
              const { read } = before
              if (args[0].name === blobs.name && read !== undefined) {
                delete before.read
                await read()
              }
              return await store.get(...args)
            }
          : name === 'can'
            ? store.can
            : (Reflect.get(store, name) as (() => unknown) | undefined)?.bind?.(store),
    })
  return { wrap, before }
}

test('a manifest that is deleted while it is read is a manifest that is not there', async () => {
  const { wrap, before } = interrupting()
  const { s, one } = await stocked({ wrap })
  const get = async (): Promise<unknown> => await s.registry.manifests.get(app, one.digest)
  before.read = () => s.delete(one.digest)
  await refused(get(), 'manifest-unknown')
  await refused(get(), 'manifest-unknown')
  await s.put(one)
  await get()
})

test('a large blob that is collected and pushed again while it is read is read from its new file', async () => {
  const { wrap, before } = interrupting()
  const s = await scenario({ wrap })
  const large = s.piece('large', 100_000)
  await s.push(large)
  const { open } = s.test.blobs
  let moved = false
  s.test.blobs.open = async (...args) => {
    if (!moved) {
      moved = true
      await s.registry.blobs.delete(s.caller, app, large.digest)
      await s.push(large)
      await s.test.blobs.remove(args[0])
    }
    return await open.apply(s.test.blobs, args)
  }
  assert.equal(before.read, undefined)
  await using content = await s.registry.blobs.open(s.caller, app, large.digest)
  assert.equal(content.size, 100_000)
})

test('content that is lost is told to the operator, and is no "not found"', async () => {
  const s = await scenario()
  const large = s.piece('large', 100_000)
  await s.push(large)
  for await (const { file } of s.test.blobs.list()) await s.test.blobs.remove(file)
  await refused(
    promised(() => s.registry.blobs.open(s.caller, app, large.digest)),
    'content-damaged',
  )
  assert.ok(
    s.test.telemetry.lines.some(({ level, message }) => level === 'error' && message === 'a blob is damaged'),
  )
})

test('lists have the order of bytes, go on after any name, and end', async () => {
  const { s, one } = await stocked()
  const names = ['Z', 'a', '0', '_x', 'a.b', 'a-b', 'B']
  for (const name of names) await s.put(one, name)
  const sorted = names.toSorted()
  assert.deepEqual(await s.registry.tags.list(app, { limit: 100 }), { tags: sorted, more: false })
  assert.deepEqual(await s.registry.tags.list(app, { limit: 3 }), { tags: sorted.slice(0, 3), more: true })
  assert.deepEqual(await s.registry.tags.list(app, { last: 'Q', limit: 2 }), {
    tags: ['Z', '_x'],
    more: true,
  })
  assert.deepEqual(await s.registry.tags.list(app, { last: 'zz', limit: 2 }), { tags: [], more: false })
  assert.deepEqual(await s.registry.tags.list(app, { limit: 0 }), { tags: [], more: false })
  await s.delete('a')
  assert.ok(!(await s.registry.tags.list(app, { limit: 100 })).tags.includes(tag('a')))
  assert.deepEqual(await refused(s.registry.tags.list(other, { limit: 1 }), 'name-unknown'), { name: other })
})

test('repositories are listed to those who may see them, page by page', async () => {
  const s = await scenario({ limits: { pageSize: 2 }, rules: { access: { read: ['bob'], write: ['ada'] } } })
  const piece = s.piece('p')
  const names = ['a/b', 'a/b-c', 'a/b/c', 'z/z', 'b/a'] as (typeof app)[]
  for (const name of names) await s.push(piece, name)
  const sorted = names.toSorted()
  const list = (query: { last?: string; limit: number }, name = 'ada') =>
    s.registry.repositories.list({ kind: 'user', name }, query)
  assert.deepEqual(await list({ limit: 10 }), { names: sorted, more: false })
  assert.deepEqual(await list({ limit: 3 }), { names: sorted.slice(0, 3), more: true })
  assert.deepEqual(await list({ limit: 5 }), { names: sorted, more: false })
  assert.deepEqual(await list({ last: sorted[2] ?? '', limit: 1 }), { names: [sorted[3]], more: true })
  assert.deepEqual(await list({ limit: 10 }, 'eve'), { names: [], more: false })
})

test('a page for people says what stands behind the tags', async () => {
  const { s, one, two } = await stocked()
  await s.put(one, 'v1')
  await s.test.clock.advance(5)
  await s.put(two, 'v2')
  const overview = await s.registry.repositories.overview(app, 10)
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const row = (name: string, piece: Piece, size: number, movedAt: number) => ({
    tag: name,
    digest: piece.digest,
    mediaType,
    artifactType: overview.tags[0]?.artifactType,
    size,
    movedAt,
  })
  const now = s.test.clock.now()
  assert.deepEqual(overview, {
    name: app,
    tags: [row('v1', one, one.bytes.length + 2, now - 5), row('v2', two, two.bytes.length + 2, now)],
    more: false,
  })
  assert.equal((await s.registry.repositories.overview(app, 1)).more, true)
})
