import assert from 'node:assert/strict'
import { test } from 'node:test'
import { repositories } from '../../../src/core/content/tables.ts'
import { defaultLimits } from '../../../src/core/ledger/limits.ts'
import { patch } from '../../../src/ports/store/change.ts'
import { callerOf } from '../kit.ts'
import { app, bytesOf, chunks, other, promised, refused, scenario } from '../scenario.ts'

const { graceTime, inlineBytes, trashDelay } = defaultLimits

test('a small blob stands in its row, and its first push makes the repository', async () => {
  const s = await scenario()
  const small = s.piece('small', inlineBytes)
  await s.changes(
    () => s.push(small),
    '+ repository acme/app',
    '+ blob small in its row, refs 1',
    '+ holding acme/app small, refs 0',
    '+ audit user:ada blob.push acme/app small',
  )
  await using content = await s.registry.blobs.open(s.caller, app, small.digest)
  assert.deepEqual(await bytesOf(content), Buffer.from(small.bytes))
})

test('one byte more stands in a file', async () => {
  const s = await scenario()
  const large = s.piece('large', inlineBytes + 1)
  await s.changes(
    () => s.push(large),
    '+ repository acme/app',
    '+ blob large in file-1, refs 1',
    '+ holding acme/app large, refs 0',
    '+ file file-1 blob',
    '+ stored file-1 65537',
    '+ audit user:ada blob.push acme/app large',
  )
  await using part = await s.registry.blobs.open(s.caller, app, large.digest, () => ({
    start: 65_530,
    end: 65_536,
  }))
  assert.deepEqual(await bytesOf(part), Buffer.from(large.bytes.subarray(65_530)))
  assert.deepEqual([part.size, part.range], [65_537, { start: 65_530, end: 65_536 }])
})

test('the empty blob is one like any other', async () => {
  const s = await scenario()
  const empty = s.known('empty', new Uint8Array())
  await s.changes(
    () => s.push(empty),
    '+ repository acme/app',
    '+ blob empty in its row, refs 1',
    '+ holding acme/app empty, refs 0',
    '+ audit user:ada blob.push acme/app empty',
  )
})

test('a second push renews what is held, and its copy goes to the trash', async () => {
  const s = await scenario()
  const large = s.piece('large', 200_000)
  await s.push(large)
  await s.test.clock.advance(1000)
  await s.changes(
    () => s.push(large),
    '- holding acme/app large, refs 0',
    '+ holding acme/app large, refs 0 idle +1000',
    '+ file file-2 trash until +1000',
    '+ stored file-2 200000',
    '+ audit user:ada blob.push acme/app large',
  )
})

test('a push to another repository counts one more holder of the first copy', async () => {
  const s = await scenario()
  const large = s.piece('large', 200_000)
  await s.push(large)
  await s.changes(
    () => s.push(large, other),
    '+ repository acme/other',
    '- blob large in file-1, refs 1',
    '+ blob large in file-1, refs 2',
    '+ holding acme/other large, refs 0',
    '+ file file-2 trash until +0',
    '+ stored file-2 200000',
    '+ audit user:ada blob.push acme/other large',
  )
})

test('pushes of one digest at once leave one copy and count each holder', async () => {
  const s = await scenario()
  const large = s.piece('large', 200_000)
  const effect = await s.effect(() =>
    Promise.all([s.push(large), s.push(large, other), s.push(large), s.push(large, other)]),
  )
  assert.equal(
    effect.filter((line) => line.startsWith('+ blob')).join(),
    `+ blob large in ${effect.find((line) => line.endsWith(' blob'))?.slice(7, -5)}, refs 2`,
  )
  assert.equal(effect.filter((line) => line.includes(' trash ')).length, 3)
  assert.equal(effect.filter((line) => line.startsWith('+ repository')).length, 2)
})

test('content of another digest is refused, and leaves nothing but trash', async () => {
  const s = await scenario()
  const [small, large, wrong] = [s.piece('small'), s.piece('large', 200_000), s.piece('wrong')]
  const push = (bytes: Uint8Array): Promise<unknown> =>
    s.registry.uploads.push(s.caller, app, wrong.digest, { bytes: chunks(bytes), length: bytes.length })
  await s.changes(() => refused(push(small.bytes), 'digest-mismatch'))
  await s.changes(
    () => refused(push(large.bytes), 'digest-mismatch'),
    // Nobody can have read it: there is nothing to wait for.
    '+ file file-1 trash until +0',
    '+ stored file-1 200000',
  )
})

test('a mount makes another repository hold the blob without its bytes moving; again, it renews', async () => {
  const s = await scenario()
  const large = s.piece('large', 200_000)
  await s.push(large)
  const mount = (): Promise<unknown> => s.registry.uploads.mount(s.caller, other, large.digest, app)
  await s.changes(
    async () => assert.deepEqual(await mount(), { digest: large.digest, size: 200_000 }),
    '+ repository acme/other',
    '- blob large in file-1, refs 1',
    '+ blob large in file-1, refs 2',
    '+ holding acme/other large, refs 0',
    '+ audit user:ada blob.mount acme/other large',
  )
  await s.test.clock.advance(5)
  await s.changes(mount, '- holding acme/other large, refs 0', '+ holding acme/other large, refs 0 idle +5')
})

test('a mount without a source takes any repository that the caller may read', async () => {
  const s = await scenario()
  const small = s.piece('small')
  await s.push(small)
  await s.changes(
    () => s.registry.uploads.mount(s.caller, other, small.digest, undefined),
    '+ repository acme/other',
    '- blob small in its row, refs 1',
    '+ blob small in its row, refs 2',
    '+ holding acme/other small, refs 0',
    '+ audit user:ada blob.mount acme/other small',
  )
})

test('what cannot be had is not mounted, and nothing is made for it', async () => {
  const s = await scenario()
  const [small, none] = [s.piece('small'), s.piece('none')]
  await s.push(small)
  for (const [digest, from] of [
    [none.digest, app],
    [none.digest, undefined],
    [small.digest, other],
  ] as const) {
    await s.changes(async () =>
      assert.equal(await s.registry.uploads.mount(s.caller, other, digest, from), undefined),
    )
  }
})

test('what the caller may not read is not mounted', async () => {
  const s = await scenario({ rules: { access: { read: ['bob'], write: ['ada'] } } })
  const small = s.piece('small')
  await s.push(small)
  for (const from of [app, undefined]) {
    const stranger = callerOf({ kind: 'user', name: 'eve' })
    await s.changes(async () =>
      assert.equal(await s.registry.uploads.mount(stranger, other, small.digest, from), undefined),
    )
  }
})

test('what is in a repository that was deleted is not mounted', async () => {
  const s = await scenario()
  const small = s.piece('small')
  await s.push(small)
  const { core } = s.test
  const [row] = (await core.store.find(repositories, { index: 'key', limit: 1 })).rows
  await core.ledger.keep(async () => ({
    value: undefined,
    changes: [patch(repositories, [row?.id ?? ''], { set: { live: false } })],
  }))
  for (const from of [app, undefined])
    assert.equal(await s.registry.uploads.mount(s.caller, other, small.digest, from), undefined)
})

test("a writer's question renews a blob that nothing names once half of its grace time is gone", async () => {
  const s = await scenario({ rules: { access: { read: 'anyone', write: ['ada'] } } })
  const small = s.piece('small')
  await s.push(small)
  const ask = async (caller = s.caller): Promise<void> =>
    assert.deepEqual(await s.registry.blobs.stat(caller, app, small.digest), {
      digest: small.digest,
      size: 20,
    })
  await s.test.clock.advance(graceTime / 2)
  await s.changes(() => ask())
  await s.test.clock.advance(1)
  await s.changes(() => ask(callerOf({ kind: 'anonymous' })))
  const renewed = graceTime / 2 + 1
  await s.changes(
    () => ask(),
    '- holding acme/app small, refs 0',
    `+ holding acme/app small, refs 0 idle +${renewed}`,
  )
})

test('a question renews nothing that a manifest names', async () => {
  const s = await scenario()
  const [config, small] = [s.known('{}', Buffer.from('{}')), s.piece('small')]
  await s.push(config)
  await s.push(small)
  await s.put(s.image('image', config, [small]))
  await s.test.clock.advance(10 * graceTime)
  await s.changes(async () => s.registry.blobs.stat(s.caller, app, small.digest))
})

test('without the commit of the renewal there is no yes', async () => {
  let broken = false
  const s = await scenario({
    wrap: (store) =>
      new Proxy(store, {
        get: (_, name) =>
          name === 'commit' && broken
            ? () => Promise.reject(new Error('the disk is gone'))
            : name === 'can'
              ? store.can
              : (Reflect.get(store, name) as (() => unknown) | undefined)?.bind?.(store),
      }),
  })
  const small = s.piece('small')
  await s.push(small)
  await s.test.clock.advance(graceTime)
  broken = true
  await assert.rejects(
    promised(() => s.registry.blobs.stat(s.caller, app, small.digest)),
    /the disk is gone/,
  )
})

test('a blob that nothing names is deleted at once; its last holder takes its bytes along', async () => {
  const s = await scenario()
  const large = s.piece('large', 200_000)
  await s.push(large)
  await s.registry.uploads.mount(s.caller, other, large.digest, app)
  await s.changes(
    () => s.registry.blobs.delete(s.caller, app, large.digest),
    '- holding acme/app large, refs 0',
    '- blob large in file-1, refs 2',
    '+ blob large in file-1, refs 1',
    '+ audit user:ada blob.delete acme/app large',
    '+ event blob.deleted acme/app large',
  )
  for (const gone of [
    () => s.registry.blobs.stat(s.caller, app, large.digest),
    () => s.registry.blobs.open(s.caller, app, large.digest),
    () => s.registry.blobs.delete(s.caller, app, large.digest),
  ]) {
    assert.deepEqual(await refused(promised<unknown>(gone), 'blob-unknown'), { digest: large.digest })
  }
  await s.changes(
    () => s.registry.blobs.delete(s.caller, other, large.digest),
    '- holding acme/other large, refs 0',
    '- blob large in file-1, refs 1',
    '- file file-1 blob',
    `+ file file-1 trash until +${trashDelay}`,
    '+ audit user:ada blob.delete acme/other large',
    '+ event blob.deleted acme/other large',
  )
})

test('a blob that a manifest names is not deleted, and the manifest is named', async () => {
  const s = await scenario()
  const [config, small] = [s.known('{}', Buffer.from('{}')), s.piece('small')]
  await s.push(config)
  await s.push(small)
  const image = s.image('image', config, [small])
  await s.put(image)
  await s.changes(async () => {
    const data = await refused(s.registry.blobs.delete(s.caller, app, small.digest), 'blob-in-use')
    assert.deepEqual(data, { digest: small.digest, by: image.digest })
  })
})

test('a repository serves only what it holds', async () => {
  const s = await scenario()
  const small = s.piece('small')
  await s.push(small)
  await s.push(s.piece('something'), other)
  await refused(
    promised(() => s.registry.blobs.stat(s.caller, other, small.digest)),
    'blob-unknown',
  )
  await refused(
    promised(() => s.registry.blobs.open(s.caller, other, small.digest)),
    'blob-unknown',
  )
})

test('what the blob engine could not seal is refused unread where it is announced, else as soon as it is too much', async () => {
  const s = await scenario()
  const most = 150_000
  Object.assign(s.test.core.blobs, { can: { redirect: false, minAppend: 0, maxBytes: most } })
  await s.push(s.piece('most', most))
  const more = s.piece('more', most + 1)
  for (const [announced, read] of [
    [more.bytes.length, 0],
    [undefined, 4],
  ] as const) {
    let taken = 0
    const bytes = (async function* () {
      for await (const chunk of chunks(
        Buffer.concat([more.bytes, more.bytes]).subarray(0, announced),
        50_000,
      )) {
        taken++
        yield chunk
      }
    })()
    const body = announced === undefined ? { bytes } : { bytes, length: announced }
    const data = await refused(s.registry.uploads.push(s.caller, app, more.digest, body), 'too-large')
    assert.deepEqual([data, taken], [{ what: 'the blob', limit: most }, read])
  }
})
