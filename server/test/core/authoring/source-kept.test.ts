import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Limits } from '../../../src/core/ledger/limits.ts'
import { isDigest } from '../../../src/domain/digest.ts'
import type { RepositoryName } from '../../../src/domain/repository-name.ts'
import { Scenario } from '../scenario.ts'
import { type Authors, acme, authors, codeOf } from './kit.ts'

const large = 'text '.repeat(300_000)

describe('what an author wrote stays', () => {
  for (const [kind, source] of [
    ['image', 'tiny'],
    ['chart', 'tiny'],
    ['file', 'tiny'],
    ['file', large],
    ['image', large],
    ['persona', large],
  ] as const) {
    test(`of ${kind}, ${source.length} characters, whatever else changes`, async () => {
      await using a = await authors()
      const { artifacts, test: t } = a
      const made = await a.create({ kind, source })
      const told = async (version: string): Promise<unknown[]> => {
        const now = await artifacts.read(made.id)
        const { source: whole, digest } = await artifacts.version(made.id, version)
        const [text] = await artifacts.sources([now])
        const [content] = await artifacts.contents([{ kind, digest }], 'none')
        return [now.version, whole === source, text === source, content?.source === source]
      }
      assert.deepEqual(await told('1.0.0'), ['1.0.0', true, true, true])
      await artifacts.update(t.caller, { id: made.id, metadata: { description: 'other' } })
      assert.deepEqual(await told('1.0.0'), ['1.0.0', true, true, true])
      await artifacts.publish(t.caller, { id: made.id, version: '2.0.0' })
      assert.deepEqual(await told('2.0.0'), ['2.0.0', true, true, true])
      const changed = await artifacts.update(t.caller, {
        id: made.id,
        version: '3.0.0',
        source: `${source}!`,
      })
      assert.equal((await artifacts.sources([changed]))[0], `${source}!`)
      const { source: difference } = await artifacts.diff(made.id, '2.0.0', '3.0.0')
      assert.equal(difference?.after?.size, source.length + 1)
      await artifacts.rollBack(t.caller, made.id, '2.0.0')
      assert.deepEqual(await told('2.0.0'), ['2.0.0', true, true, true])
    })
  }

  test('an image that a client pushed is not made into a version without its layers', async () => {
    await using a = await authors()
    const s = new Scenario(a.test)
    const repository = 'image/acme/app' as RepositoryName
    const config = s.known('{}', Buffer.from('{}'))
    await s.push(config, repository)
    await s.push(s.piece('layer', 500), repository)
    await s.put(s.image('app', config, [s.piece('layer', 500)]), '1.0.0', { repository })
    const pushed = await a.artifacts.readBySlug(acme, 'app')
    assert.ok(isDigest(pushed.digest ?? ''))
    const { caller } = a.test
    const asked = [
      a.artifacts.update(caller, { id: pushed.id, version: '2.0.0', metadata: { description: 'x' } }),
      a.artifacts.publish(caller, { id: pushed.id, version: '2.0.0' }),
    ]
    for (const work of asked)
      await assert.rejects(work, { code: 'artifact-invalid', message: /pushed by a client/ })
    await a.artifacts.update(caller, { id: pushed.id, metadata: { description: 'said later' } })
    const now = await a.artifacts.read(pushed.id)
    assert.deepEqual([now.description, now.digest], ['said later', pushed.digest])
  })
})

describe('what was written under other limits', () => {
  /** The same registry with other limits. */
  const under = async (a: Authors, limits: Partial<Limits>): Promise<Authors> =>
    await authors({ store: a.test.store, blobs: a.test.blobs, clock: a.test.clock, limits, seed: 2 })

  test('keeps its source: it is not replaced by nothing', async () => {
    await using a = await authors({ limits: { sourceBytes: 100_000 } })
    const { id } = await a.create({ source: 'precious '.repeat(1_000) })
    const { artifacts, test: t } = await under(a, { sourceBytes: 4_096 })
    for (const changes of [{ metadata: { description: 'x' } }, { version: '2.0.0' }, { published: true }])
      await assert.rejects(artifacts.update(t.caller, { id, ...changes }), {
        code: 'artifact-invalid',
        message: /source.*limits\.sourceBytes/,
      })
    assert.equal(await codeOf(artifacts.publish(t.caller, { id, version: '3.0.0' })), 'artifact-invalid')
    const [whole] = await a.artifacts.sources([await a.artifacts.read(id)])
    assert.equal(whole, 'precious '.repeat(1_000))
    assert.equal((await a.artifacts.versions(id)).length, 1)
    await artifacts.update(t.caller, { id, source: 'new' })
    assert.deepEqual(await a.artifacts.sources([await a.artifacts.read(id)]), ['new'])
    await t.journal.stop()
  })

  test('keeps its document', async () => {
    let deep: unknown = 1
    for (let at = 0; at < 12; at++) deep = { deep }
    await using a = await authors()
    const { id } = await a.create({ document: { properties: { deep } } })
    const { artifacts, test: t } = await under(a, { customDepth: 2 })
    for (const changes of [
      { metadata: { description: 'x' } },
      { source: 'y' },
      { document: { tone: 'kind' } },
    ])
      await assert.rejects(artifacts.update(t.caller, { id, ...changes }), {
        code: 'artifact-invalid',
        message: /document.*limits\.customDepth/,
      })
    assert.deepEqual((await a.artifacts.version(id, '1.0.0')).document['document'], { properties: { deep } })
    await t.journal.stop()
  })
})

describe('what was read and is given back', () => {
  test('of an image says nothing new, by whatever number', async () => {
    await using a = await authors()
    const { caller } = a.test
    const s = new Scenario(a.test)
    const repository = 'image/acme/app' as RepositoryName
    const config = s.known('{}', Buffer.from('{}'))
    await s.push(config, repository)
    await s.push(s.piece('layer', 500), repository)
    for (const tag of ['latest', '1.0.0']) {
      await s.put(s.image('app', config, [s.piece('layer', 500)]), tag, { repository })
      const pushed = await a.artifacts.readBySlug(acme, 'app')
      const [source = ''] = await a.artifacts.sources([pushed])
      assert.equal(JSON.parse(source).layers.length, 1)
      const version = pushed.version === '' ? String(pushed.digest) : pushed.version
      const back = { id: pushed.id, source, version, metadata: { description: `read at ${tag}` } }
      const after = await a.artifacts.update(caller, back)
      assert.deepEqual([after.description, after.digest], [`read at ${tag}`, pushed.digest])
      await assert.rejects(a.artifacts.update(caller, { ...back, version: '2.0.0' }), {
        code: 'artifact-invalid',
        message: /pushed by a client/,
      })
    }
  })
})

test('changes that do not speak of a version are merged, whoever comes first', async () => {
  await using a = await authors()
  const { id } = await a.create()
  const { artifacts, test: t } = a
  await Promise.all(
    Array.from({ length: 12 }, (_, at) =>
      artifacts.update(t.caller, { id, metadata: { custom: { [`k${at}`]: at } } }),
    ),
  )
  assert.deepEqual(
    (await artifacts.read(id)).custom,
    Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`k${at}`, at])),
  )
})

test('of more versions than a list may have, it has the highest', async () => {
  await using a = await authors({ limits: { versionsListed: 3 } })
  const { artifacts, test: t } = a
  const { id } = await a.create({ version: '1.0.0', published: true })
  for (let minor = 1; minor <= 8; minor++)
    await artifacts.update(t.caller, {
      id,
      version: `1.${minor}.0`,
      source: `PERSONA ${minor}`,
      published: true,
    })
  assert.deepEqual(
    (await artifacts.versions(id)).map(({ version }) => version),
    ['1.8.0', '1.7.0', '1.6.0'],
  )
  assert.equal((await artifacts.version(id, '1.0.0')).version, '1.0.0')
})

test('who wants the slug of a deleted artifact is told so', async () => {
  await using a = await authors()
  const { id } = await a.create({ slug: 'ada' })
  assert.equal(await codeOf(a.create({ slug: 'ada' })), 'artifact-exists')
  await a.artifacts.delete(a.test.caller, id)
  await assert.rejects(a.create({ slug: 'ada' }), {
    code: 'artifact-exists',
    message: /was deleted and not purged/,
  })
})
