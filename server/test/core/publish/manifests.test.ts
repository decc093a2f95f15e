import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultLimits } from '../../../src/core/ledger/limits.ts'
import type { TestCoreOptions } from '../kit.ts'
import { app, type Piece, promised, refused, type Scenario, scenario, tag } from '../scenario.ts'

const { trashDelay } = defaultLimits

/** A registry with two blobs and the config `{}` in it. */
async function stocked(
  options: TestCoreOptions = {},
): Promise<{ s: Scenario; config: Piece; a: Piece; b: Piece }> {
  const s = await scenario(options)
  const [config, a, b] = [s.known('{}', Buffer.from('{}')), s.piece('a'), s.piece('b')]
  for (const piece of [config, a, b]) await s.push(piece)
  return { s, config, a, b }
}

test('a manifest is pushed with its links counted, its tag, and its first entry of history', async () => {
  const { s, config, a, b } = await stocked()
  const image = s.image('image', config, [a, b, a])
  await s.changes(
    async () =>
      assert.deepEqual(await s.put(image, 'v1'), {
        digest: image.digest,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        size: image.bytes.length,
        tags: ['v1'],
      }),
    '+ blob image in its row, refs 1',
    ...['{}', 'a', 'b'].flatMap((name) => [
      `- holding acme/app ${name}, refs 0`,
      `+ holding acme/app ${name}, refs 1`,
      `+ link acme/app image -> blob ${name}`,
    ]),
    '+ manifest acme/app image, refs 2',
    '+ tag acme/app v1 is image, step 1',
    '+ history acme/app v1 1: nothing to image, holds',
    '+ audit user:ada manifest.push acme/app image',
    '+ audit user:ada tag.move acme/app v1 to image',
    '+ event manifest.pushed acme/app image',
    '+ event tag.moved acme/app v1 image',
    '+ event artifact.created acme/app',
  )
  await s.changes(() => s.put(image, 'v1'))
  await s.changes(() => s.put(image))
})

test('the config `{}`, shared by all, is counted once for each manifest', async () => {
  const { s, config, a, b } = await stocked()
  await Promise.all([
    s.put(s.image('one', config, [a])),
    s.put(s.image('two', config, [b])),
    s.put(s.image('three', config, [config, a])),
    s.put(s.image('four', config, [])),
  ])
  assert.ok((await s.lines()).includes('holding acme/app {}, refs 4'))
  await s.effect(async () => {})
})

test('a tag moves, and what it named before is held by its history', async () => {
  const { s, config, a, b } = await stocked()
  const [one, two] = [s.image('one', config, [a]), s.image('two', config, [b])]
  await s.put(one, 'v1')
  await s.put(two)
  await s.test.clock.advance(7)
  await s.changes(
    () => s.put(two, 'v1', { tags: [tag('v1'), tag('latest')] }),
    '- manifest acme/app one, refs 2',
    '+ manifest acme/app one, refs 1 idle +7',
    '- manifest acme/app two, refs 0',
    '+ manifest acme/app two, refs 4 idle +7',
    '- tag acme/app v1 is one, step 1',
    '+ tag acme/app v1 is two, step 2',
    '+ tag acme/app latest is two, step 1',
    '+ history acme/app v1 2: one to two, holds',
    '+ history acme/app latest 1: nothing to two, holds',
    '+ audit user:ada tag.move acme/app v1 from one to two',
    '+ audit user:ada tag.move acme/app latest to two',
    '+ event tag.moved acme/app v1 two one',
    '+ event tag.moved acme/app latest two',
    '+ event artifact.updated acme/app',
  )
})

test('a tag is deleted: its manifest stays, held by history, and it may come back as the next step', async () => {
  const { s, config, a } = await stocked()
  const image = s.image('image', config, [a])
  await s.put(image, 'v1')
  await s.changes(
    () => s.delete('v1'),
    '- manifest acme/app image, refs 2',
    '+ manifest acme/app image, refs 1',
    '- tag acme/app v1 is image, step 1',
    '+ tag acme/app v1 is gone, step 2',
    '+ history acme/app v1 2: image to nothing',
    '+ audit user:ada tag.delete acme/app v1 from image',
    '+ event artifact.updated acme/app',
    '+ event tag.deleted acme/app v1 image',
  )
  await s.changes(async () =>
    assert.deepEqual(await refused(s.delete('v1'), 'manifest-unknown'), { reference: 'v1' }),
  )
  await s.changes(
    () => s.put(image, 'v1'),
    '- manifest acme/app image, refs 1',
    '+ manifest acme/app image, refs 3',
    '- tag acme/app v1 is gone, step 2',
    '+ tag acme/app v1 is image, step 3',
    '+ history acme/app v1 3: nothing to image, holds',
    '+ audit user:ada tag.move acme/app v1 to image',
    '+ event tag.moved acme/app v1 image',
    '+ event artifact.updated acme/app',
  )
  const { entries } = await s.registry.tags.history(app, tag('v1'), { limit: 10 })
  assert.deepEqual(
    entries.map(({ seq, change }) => [seq, change]),
    [
      [3, 'create'],
      [2, 'delete'],
      [1, 'create'],
    ],
  )
})

test('an index counts the manifests that it names, which cannot be deleted before it', async () => {
  const { s, config, a, b } = await stocked()
  const [one, two] = [s.image('one', config, [a]), s.image('two', config, [b])]
  await s.put(one)
  await s.put(two)
  const index = s.index('index', [one, two, one])
  await s.changes(
    () => s.put(index),
    '+ blob index in its row, refs 1',
    '+ manifest acme/app index, refs 0',
    ...['one', 'two'].flatMap((name) => [
      `- manifest acme/app ${name}, refs 0`,
      `+ manifest acme/app ${name}, refs 1`,
      `+ link acme/app index -> manifest ${name}`,
    ]),
    '+ audit user:ada manifest.push acme/app index',
    '+ event manifest.pushed acme/app index',
  )
  await s.changes(async () =>
    assert.deepEqual(await refused(s.delete(one.digest), 'manifest-in-use'), {
      digest: one.digest,
      by: index.digest,
    }),
  )
  await s.test.clock.advance(3)
  await s.changes(
    () => s.delete(index.digest),
    '- blob index in its row, refs 1',
    '- manifest acme/app index, refs 0',
    ...['one', 'two'].flatMap((name) => [
      `- manifest acme/app ${name}, refs 1`,
      `+ manifest acme/app ${name}, refs 0 idle +3`,
      `- link acme/app index -> manifest ${name}`,
    ]),
    '+ job delete-referrers {"repository":"acme/app","subject":"index"}',
    '+ audit user:ada manifest.delete acme/app index',
    '+ event manifest.deleted acme/app index',
  )
  await s.delete(one.digest)
})

test('a build cache is an index whose entries are blobs', async () => {
  const { s, config, a, b } = await stocked()
  const cache = s.index('cache', [a, b, config], {}, 'application/vnd.oci.image.layer.v1.tar+gzip')
  await s.changes(
    () => s.put(cache, 'cache'),
    '+ blob cache in its row, refs 1',
    '+ manifest acme/app cache, refs 2',
    ...['{}', 'a', 'b'].flatMap((name) => [
      `- holding acme/app ${name}, refs 0`,
      `+ holding acme/app ${name}, refs 1`,
      `+ link acme/app cache -> blob ${name}`,
    ]),
    '+ tag acme/app cache is cache, step 1',
    '+ history acme/app cache 1: nothing to cache, holds',
    '+ audit user:ada manifest.push acme/app cache',
    '+ audit user:ada tag.move acme/app cache to cache',
    '+ event manifest.pushed acme/app cache',
    '+ event tag.moved acme/app cache cache',
    '+ event artifact.created acme/app',
  )
  await refused(s.registry.blobs.delete(s.caller, app, a.digest), 'blob-in-use')
  await s.effect(() => s.delete(cache.digest))
  await s.effect(() => s.registry.blobs.delete(s.caller, app, a.digest))
})

test('a digest that is named as a layer and as an entry is counted in both places', async () => {
  const { s, config, a } = await stocked()
  const inner = s.image('inner', config, [a])
  await s.put(inner)
  await s.push(inner)
  const entry = { mediaType: 'application/json', digest: inner.digest, size: inner.bytes.length }
  const mediaType = 'application/vnd.acme.both+json'
  const both = s.known(
    'both',
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, layers: [entry], manifests: [entry] })),
  )
  const effect = await s.effect(() => s.put(both, 'both'))
  for (const target of ['blob', 'manifest']) {
    assert.ok(effect.includes(`+ link acme/app both -> ${target} inner`), effect.join('\n'))
  }
  await s.effect(() => s.delete(both.digest))
})

test('a manifest that names what is not there is refused, and leaves nothing', async () => {
  const { s, config, a } = await stocked()
  const [none, never] = [s.piece('none'), s.piece('never')]
  await s.changes(async () => {
    const data = await refused(
      s.put(s.image('image', config, [a, none, never]), 'v1'),
      'manifest-reference-unknown',
    )
    assert.deepEqual(data, { digests: [none.digest, never.digest] })
  })
})

test('bytes of another digest than the one in the path are refused', async () => {
  const { s, config, a } = await stocked()
  const image = s.image('image', config, [a])
  await s.changes(() => refused(s.put(image, a.digest), 'digest-mismatch'))
})

test('a manifest over 64 KiB stands in a file, comes back as it was, and its file goes with it', async () => {
  const { s, config, a } = await stocked()
  const image = s.image('image', config, [a], { annotations: { note: 'x'.repeat(70_000) } })
  const effect = await s.effect(() => s.put(image, 'v1'))
  assert.ok(effect.includes('+ blob image in file-1, refs 1'))
  assert.ok(effect.includes('+ file file-1 blob'))
  assert.ok(!effect.some((line) => line.startsWith('+ upload')))
  assert.deepEqual(Buffer.from((await s.registry.manifests.get(app, tag('v1'))).bytes), image.bytes)
  await s.changes(() => s.put(image, 'v1'))
  const gone = await s.effect(() => s.delete(image.digest))
  assert.ok(gone.includes(`+ file file-1 trash until +${trashDelay}`))
  assert.ok(gone.includes('- blob image in file-1, refs 1'))
})

test('a large manifest that is refused leaves nothing but bytes for the trash', async () => {
  const { s, config } = await stocked()
  const image = s.image('image', config, [s.piece('none')], { annotations: { note: 'x'.repeat(70_000) } })
  const effect = await s.effect(() => refused(s.put(image, 'v1'), 'manifest-reference-unknown'))
  assert.deepEqual(
    effect.map((line) => line.split(' ')[1]),
    ['file', 'stored'],
  )
  assert.match(effect[0] ?? '', / trash until /)
})

test('the same large manifest pushed by several at once is there once', async () => {
  const { s, config, a } = await stocked()
  const image = s.image('image', config, [a], { annotations: { note: 'x'.repeat(70_000) } })
  const effect = await s.effect(() =>
    Promise.all([s.put(image, 'v1'), s.put(image, 'v2'), s.put(image, 'v1')]),
  )
  assert.ok(effect.includes('+ manifest acme/app image, refs 4'))
  assert.equal(effect.filter((line) => line.includes(' manifest.push ')).length, 1)
  assert.equal(effect.filter((line) => line.endsWith(' blob')).length, 1)
  assert.ok(!effect.some((line) => line.startsWith('+ upload')))
})

test('a manifest whose bytes are held as a blob too is counted twice, and loses one at a time', async () => {
  const { s, config, a } = await stocked()
  const image = s.image('image', config, [a])
  await s.push(image)
  await s.effect(() => s.put(image))
  assert.ok((await s.lines()).includes('blob image in its row, refs 2'))
  await s.effect(() => s.registry.blobs.delete(s.caller, app, image.digest))
  assert.deepEqual(Buffer.from((await s.registry.manifests.get(app, image.digest)).bytes), image.bytes)
})

test('a manifest that is deleted while it is pushed again is either there whole or refused for now', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const { s, config, a } = await stocked({ seed })
    const image = s.image('image', config, [a], seed % 2 ? {} : { annotations: { note: 'x'.repeat(70_000) } })
    await s.put(image, 'v1')
    let put: PromiseSettledResult<unknown> | undefined
    await s.effect(async () => {
      const results = await Promise.allSettled([s.put(image, 'v2'), s.delete(image.digest)])
      put = results[0]
    })
    const there = await promised(() => s.registry.manifests.stat(s.caller, app, tag('v2'))).then(
      () => true,
      () => false,
    )
    if (put?.status === 'rejected') {
      assert.equal((put.reason as { code?: string }).code, 'unavailable')
      assert.equal(there, false)
    }
  }
})

test('an immutable tag can be made and named again, and neither moved nor deleted, alone or with its manifest', async () => {
  const immutableTags = new Map([['*', ['v*', '!v0']]])
  const { s, config, a, b } = await stocked({ rules: { immutableTags } })
  const [one, two] = [s.image('one', config, [a]), s.image('two', config, [b])]
  await s.put(one, 'v1')
  await s.put(one, 'v0')
  await s.put(two)
  const fixed = { tag: 'v1', pattern: 'v*' }
  await s.changes(() => s.put(one, 'v1'))
  await s.changes(async () => assert.deepEqual(await refused(s.put(two, 'v1'), 'tag-immutable'), fixed))
  await s.changes(async () =>
    assert.deepEqual(await refused(s.put(two, 'free', { tags: [tag('v1')] }), 'tag-immutable'), fixed),
  )
  await s.changes(async () => assert.deepEqual(await refused(s.delete('v1'), 'tag-immutable'), fixed))
  await s.changes(async () => assert.deepEqual(await refused(s.delete(one.digest), 'tag-immutable'), fixed))
  await s.effect(() => s.put(two, 'v0'))
  await s.effect(() => s.delete('v0'))
})

test('conditions are kept on the tag that is written, on a new one, and on deletes', async () => {
  const { s, config, a, b } = await stocked()
  const [one, two] = [s.image('one', config, [a]), s.image('two', config, [b])]
  const failed = (work: () => Promise<unknown>): Promise<void> =>
    s.changes(() => refused(work(), 'precondition-failed'))
  await failed(() => s.put(one, 'v1', { expect: { ifMatch: '*' } }))
  await s.put(one, 'v1', { expect: { ifNoneMatch: '*' } })
  await failed(() => s.put(two, 'v1', { expect: { ifNoneMatch: '*' } }))
  await failed(() => s.put(two, 'v1', { expect: { ifMatch: [two.digest] } }))
  await s.effect(() => s.put(two, 'v1', { expect: { ifMatch: [one.digest] } }))
  const drop = (reference: string, ifMatch: string): Promise<void> =>
    s.registry.manifests.delete(s.caller, app, reference as never, { ifMatch: [ifMatch] })
  await failed(() => drop('v1', one.digest))
  await failed(() => drop('v2', one.digest))
  await s.effect(() => drop('v1', two.digest))
  await failed(() => drop(one.digest, two.digest))
  await s.effect(() => drop(one.digest, one.digest))
})

test('of writers who expect the same, one wins', async () => {
  const { s, config, a } = await stocked()
  const images = Array.from({ length: 8 }, (_, n) =>
    s.image(`image ${n}`, config, [a], { annotations: { n: `${n}` } }),
  )
  const results = await Promise.allSettled(
    images.map((image) => s.put(image, 'v1', { expect: { ifNoneMatch: '*' } })),
  )
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  await s.effect(async () => {})
})

test('a manifest goes with its tags; what history says of it stays as a record', async () => {
  const { s, config, a, b } = await stocked()
  const [one, two] = [s.image('one', config, [a]), s.image('two', config, [b])]
  await s.put(one, 'v1')
  await s.put(one, 'old')
  await s.put(two, 'old')
  await s.test.clock.advance(9)
  await s.changes(
    () => s.delete(one.digest),
    '- blob one in its row, refs 1',
    '- manifest acme/app one, refs 3',
    ...['{}', 'a'].map((name) => `- link acme/app one -> blob ${name}`),
    '- holding acme/app {}, refs 2',
    '+ holding acme/app {}, refs 1 idle +9',
    '- holding acme/app a, refs 1',
    '+ holding acme/app a, refs 0 idle +9',
    '- tag acme/app v1 is one, step 1',
    '+ tag acme/app v1 is gone, step 2',
    '- history acme/app v1 1: nothing to one, holds',
    '+ history acme/app v1 1: nothing to one',
    '+ history acme/app v1 2: one to nothing',
    '- history acme/app old 1: nothing to one, holds',
    '+ history acme/app old 1: nothing to one',
    '+ job delete-referrers {"repository":"acme/app","subject":"one"}',
    '+ audit user:ada tag.delete acme/app v1 from one',
    '+ audit user:ada manifest.delete acme/app one',
    '+ event tag.deleted acme/app v1 one',
    '+ event manifest.deleted acme/app one',
    // It stood at v1, and goes on to what the other tag names.
    '+ event artifact.updated acme/app',
  )
  await s.changes(async () =>
    assert.deepEqual(await refused(s.delete(one.digest), 'manifest-unknown'), { reference: one.digest }),
  )
})

test('a condition that comes with a digest and tags speaks of the tags', async () => {
  const { s, config, a } = await stocked()
  const one = s.image('one', config, [a])
  await s.put(one, 'latest')
  const next = s.image('next', config, [a], { annotations: { next: '' } })
  const at = (expect: { ifMatch?: string[]; ifNoneMatch?: '*' }) =>
    s.put(next, next.digest, { tags: [tag('latest')], expect })
  assert.deepEqual(await refused(at({ ifNoneMatch: '*' }), 'precondition-failed'), {
    reference: 'latest',
    current: one.digest,
  })
  await refused(at({ ifMatch: [next.digest] }), 'precondition-failed')
  assert.equal((await s.registry.manifests.get(app, tag('latest'))).digest, one.digest)
  await at({ ifMatch: [one.digest] })
  assert.equal((await s.registry.manifests.get(app, tag('latest'))).digest, next.digest)
})

test('sizes that cannot be added up are refused', async () => {
  const { s, config, a, b } = await stocked()
  const huge = [a, b].map((piece) => ({ ...piece, size: Number.MAX_SAFE_INTEGER }))
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/json', digest: config.digest, size: config.bytes.length },
      layers: huge.map(({ digest, size }) => ({ mediaType: 'application/octet-stream', digest, size })),
    }),
  )
  await refused(s.put({ ...config, bytes }, 'huge'), 'manifest-invalid')
})
