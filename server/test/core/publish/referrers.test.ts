import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goneSubjects } from '../../../src/core/catalog/tables.ts'
import { deleteReferrers } from '../../../src/core/publish/delete-referrers.ts'
import { overStore } from '../../kit/over-store.ts'
import { allRows } from '../invariants.ts'
import { app, type Piece, promised, refused, type Scenario, scenario } from '../scenario.ts'

/** A registry with one image, and a way to speak of any manifest of it. */
async function stocked() {
  const s = await scenario()
  const config = s.known('{}', Buffer.from('{}'))
  await s.push(config)
  const image = s.image('image', config, [])
  await s.put(image, 'v1')
  const about = async (label: string, subject: Piece, reference?: string): Promise<Piece> => {
    const mediaType = 'application/vnd.oci.image.manifest.v1+json'
    const piece = s.image(label, config, [], {
      artifactType: `application/vnd.acme.${label}`,
      annotations: { label },
      subject: { mediaType, digest: subject.digest, size: subject.bytes.length },
    })
    const result = await s.put(piece, reference)
    assert.equal(result.subject, subject.digest)
    return piece
  }
  return { s, image, about }
}

const listed = async (s: Scenario, subject: Piece): Promise<string[]> => {
  const { descriptors } = await s.registry.manifests.referrers(app, subject.digest, { limit: 100 })
  return descriptors.map(({ annotations }) => annotations?.['label'] ?? '').sort()
}
const there = async (s: Scenario, piece: Piece): Promise<boolean> =>
  await promised(() => s.registry.manifests.stat(s.caller, app, piece.digest)).then(
    () => true,
    () => false,
  )

test('what speaks of a manifest is listed by digest, by type, and page by page', async () => {
  const { s, image, about } = await stocked()
  const pieces = [await about('sbom', image), await about('signature', image), await about('scan', image)]
  const { descriptors, more } = await s.registry.manifests.referrers(app, image.digest, { limit: 10 })
  assert.equal(more, false)
  const digests = pieces.map(({ digest }) => digest).sort()
  assert.deepEqual(
    descriptors.map(({ digest }) => digest),
    digests,
  )
  const sbom = { artifactType: 'application/vnd.acme.sbom', limit: 10 }
  const [only, ...rest] = (await s.registry.manifests.referrers(app, image.digest, sbom)).descriptors
  assert.deepEqual(rest, [])
  assert.deepEqual(only, {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: pieces[0]?.digest,
    size: pieces[0]?.bytes.length,
    artifactType: 'application/vnd.acme.sbom',
    annotations: { label: 'sbom' },
  })
  const first = await s.registry.manifests.referrers(app, image.digest, { limit: 2 })
  assert.equal(first.more, true)
  const last = first.descriptors.at(-1)?.digest
  assert.ok(last)
  const second = await s.registry.manifests.referrers(app, image.digest, { limit: 2, last })
  assert.deepEqual(
    [...first.descriptors, ...second.descriptors].map(({ digest }) => digest),
    digests,
  )
  assert.equal(second.more, false)
})

test('a referrer is no reference: its subject may go, and may never have come', async () => {
  const { s, image, about } = await stocked()
  await about('sbom', image)
  assert.ok((await s.lines()).includes('manifest acme/app image, refs 2'))
  const never = s.image('never', s.known('{}', Buffer.from('{}')), [], { annotations: { never: '' } })
  await s.effect(() => about('early', never))
  assert.deepEqual(await listed(s, never), ['early'])
  await s.effect(() => s.put(never))
  assert.deepEqual(await listed(s, never), ['early'])
})

test('what spoke of a deleted manifest goes after it, and what spoke of that', async () => {
  const { s, image, about } = await stocked()
  const sbom = await about('sbom', image)
  const signature = await about('signature', sbom)
  const seal = await about('seal', signature)
  await s.effect(() => s.delete(image.digest))
  assert.deepEqual(await Promise.all([sbom, signature, seal].map((piece) => there(s, piece))), [
    true,
    true,
    true,
  ])
  const effect = await s.effect(() => s.drain())
  assert.deepEqual(await Promise.all([sbom, signature, seal].map((piece) => there(s, piece))), [
    false,
    false,
    false,
  ])
  assert.deepEqual(
    effect.filter((line) => line.startsWith('+ audit')),
    ['sbom', 'signature', 'seal'].map(
      (name) => `+ audit system:delete-referrers manifest.delete acme/app ${name}`,
    ),
  )
  assert.deepEqual(await s.test.journal.counts(), { ready: 0, running: 0, dead: 0 })
  assert.deepEqual(await listed(s, image), [])
})

test('a referrer that something names stays', async () => {
  const { s, image, about } = await stocked()
  const tagged = await about('tagged', image, 'keep')
  const once = await about('once', image, 'moving')
  await about('instead', tagged, 'moving')
  const indexed = await about('indexed', image)
  await s.put(s.index('index', [indexed]), 'index')
  const loose = await about('loose', image)
  await s.effect(() => s.delete(image.digest))
  await s.effect(() => s.drain())
  assert.deepEqual(await Promise.all([tagged, once, indexed, loose].map((piece) => there(s, piece))), [
    true,
    true,
    true,
    false,
  ])
})

test('where the subject has come back before the job runs, its referrers stay', async () => {
  const { s, image, about } = await stocked()
  const sbom = await about('sbom', image)
  await s.delete(image.digest)
  await s.put(image, 'v1')
  await s.effect(() => s.drain())
  assert.equal(await there(s, sbom), true)
  assert.deepEqual(await listed(s, image), ['sbom'])
})

test('a referrer that arrives while its subject goes is not forgotten', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const { s, image, about } = await stocked()
    const [, pushed] = await Promise.allSettled([s.delete(image.digest), about('late', image)])
    assert.equal(pushed.status, 'fulfilled')
    await s.effect(() => s.drain())
    const late = pushed.status === 'fulfilled' ? pushed.value : image
    // Either it came first and went with its subject, or it came after and is kept as one whose subject is to come.
    if (await there(s, late)) assert.deepEqual(await listed(s, image), ['late'])
  }
})

test('more referrers than a page all go', async () => {
  const s = await scenario({ limits: { pageSize: 10 } })
  const config = s.known('{}', Buffer.from('{}'))
  await s.push(config)
  const image = s.image('image', config, [])
  await s.put(image)
  const subject = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: image.digest,
    size: image.bytes.length,
  }
  for (let n = 0; n < 35; n++)
    await s.put(s.image(`about ${n}`, config, [], { subject, annotations: { n: `${n}` } }))
  await s.delete(image.digest)
  await s.effect(() => s.drain())
  assert.deepEqual(
    (await s.lines()).filter((line) => line.startsWith('manifest')),
    [],
  )
  assert.ok((await s.lines()).some((line) => line.startsWith('holding acme/app {}, refs 0')))
})

test('the job stops when it is told to, and does the rest when it runs again', async () => {
  const { s, image, about } = await stocked()
  for (const label of ['a', 'b', 'c']) await about(label, image)
  await s.delete(image.digest)
  const payload = { repository: app, subject: image.digest }
  const context = { signal: AbortSignal.abort(), attempt: 1 }
  await deleteReferrers(s.test.core, new Map(), payload, context).catch(() => {})
  assert.equal((await listed(s, image)).length, 3)
  await s.effect(() => s.drain())
  assert.deepEqual(await listed(s, image), [])
})

test('referrers of what is not there, in a repository that is not there, are none', async () => {
  const { s } = await stocked()
  const none = s.piece('none')
  assert.deepEqual(await listed(s, none), [])
  await refused(s.delete(none.digest), 'manifest-unknown')
})

test('a run that is stopped half way is not done: the rest goes with the next', async () => {
  const { s, image, about } = await stocked()
  const referrers = [await about('sbom', image), await about('scan', image)]
  await s.delete(image.digest)
  const { core, immutableTags } = s.test
  const payload = { repository: app, subject: image.digest }
  const stopped = AbortSignal.abort(new Error('stopping'))
  await assert.rejects(
    deleteReferrers(core, immutableTags, payload, { signal: stopped, attempt: 1 }),
    /stopping/,
  )
  assert.deepEqual(await Promise.all(referrers.map((piece) => there(s, piece))), [true, true])
  await s.effect(() => s.drain())
  assert.deepEqual(await Promise.all(referrers.map((piece) => there(s, piece))), [false, false])
})

test('a referrer that was pushed after its subject had gone stays, however late the job comes', async () => {
  const { s, image, about } = await stocked()
  const before = await about('before', image)
  const again = await about('again', image)
  await s.delete(image.digest)
  const after = await about('after', image)
  await s.put(again)
  await s.test.clock.advance(60_000)
  await s.effect(() => s.drain())
  assert.deepEqual(await Promise.all([before, after, again].map((piece) => there(s, piece))), [
    false,
    true,
    true,
  ])
})

test('which came first, a referrer or the deletion of its subject, is not asked of the clock', async () => {
  const { s, image, about } = await stocked()
  const before = await about('before', image)
  const again = await about('again', image)
  await s.delete(image.digest)
  s.test.clock.jump(-60_000)
  const after = await about('after', image)
  await s.put(again)
  s.test.clock.jump(60_001)
  await s.effect(() => s.drain())
  assert.deepEqual(await Promise.all([before, after, again].map((piece) => there(s, piece))), [
    false,
    true,
    true,
  ])
  // They go with their subject when it has come and goes again.
  await s.put(image)
  await s.delete(image.digest)
  s.test.clock.jump(-60_000)
  const later = await about('later', image)
  s.test.clock.jump(60_000)
  await s.effect(() => s.drain())
  assert.deepEqual(await Promise.all([after, again, later].map((piece) => there(s, piece))), [
    false,
    false,
    true,
  ])
  assert.deepEqual(await allRows(s.test.store, goneSubjects), [])
})

test('a job that is done once more takes nothing that came after it was done', async () => {
  const { s, image, about } = await stocked()
  await about('before', image)
  await s.delete(image.digest)
  const payload = { repository: app, subject: image.digest }
  await s.effect(() => s.drain())
  const after = await about('after', image)
  s.test.clock.jump(60_000)
  await deleteReferrers(s.test.core, new Map(), payload, { signal: new AbortController().signal, attempt: 2 })
  assert.equal(await there(s, after), true)
})

test('a subject that comes back while the job looks keeps the referrer that comes back with it', async () => {
  let looked: (() => Promise<void>) | undefined
  const s = await scenario({
    wrap: (store) =>
      overStore(store, {
        get: async (table, key, from) => {
          const row = await store.get(table, key, from)
          const isSubject = table.name === 'manifests' && Array.isArray(key) && key[1] === subject
          if (isSubject && row === undefined && looked !== undefined) {
            const comeBack = looked
            looked = undefined
            await comeBack()
          }
          return row
        },
      }),
  })
  const config = s.known('{}', Buffer.from('{}'))
  await s.push(config)
  const image = s.image('image', config, [])
  const subject: string = image.digest
  const spoken = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: image.digest,
    size: image.bytes.length,
  }
  const sbom = s.image('sbom', config, [], { subject: spoken, annotations: { label: 'sbom' } })
  await s.put(image)
  await s.put(sbom)
  await s.delete(image.digest)
  looked = async () => {
    await s.test.clock.advance(1)
    await s.put(image)
    await s.put(sbom)
  }
  await s.drain()
  assert.equal(looked, undefined, 'the job never looked for the subject')
  assert.deepEqual(await Promise.all([image, sbom].map((piece) => there(s, piece))), [true, true])
})
