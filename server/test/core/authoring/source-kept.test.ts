import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDigest } from '../../../src/domain/digest.ts'
import type { RepositoryName } from '../../../src/domain/repository-name.ts'
import { Scenario } from '../scenario.ts'
import { acme, authors, codeOf } from './kit.ts'

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

describe('where an artifact stands, `latest` stands too', () => {
  test('after a draft below which it was rolled back is published by an update', async () => {
    await using a = await authors()
    const { artifacts, test: t } = a
    const { id } = await a.create({ version: '0.1.0', published: true })
    await artifacts.update(t.caller, { id, version: '0.2.0', source: 'PERSONA New' })
    await artifacts.rollBack(t.caller, id, '0.1.0')
    const after = await artifacts.update(t.caller, { id, version: '0.2.0', published: true })
    assert.equal(after.version, '0.2.0')
    assert.equal(after.digest, await latest(a))
  })

  test('after a version is yanked that it does not stand at', async () => {
    await using a = await authors()
    const { artifacts, test: t } = a
    const { id } = await a.create({ version: '1.0.0', published: true })
    const first = await latest(a)
    await artifacts.update(t.caller, { id, version: '1.1.0', source: 'PERSONA B', published: true })
    await artifacts.update(t.caller, { id, version: '1.2.0', source: 'PERSONA C' })
    assert.notEqual(await latest(a), first)
    const after = await artifacts.withdraw(t.caller, {
      id,
      version: '1.1.0',
      how: 'yanked',
      message: 'broken',
    })
    assert.deepEqual([after.version, await latest(a)], ['1.2.0', first])
  })

  for (const how of ['update', 'publish'] as const) {
    test(`after the only version was yanked and a lower one comes by ${how}`, async () => {
      await using a = await authors()
      const { artifacts, test: t } = a
      const { id } = await a.create({ version: '1.0.0', published: true })
      await artifacts.withdraw(t.caller, { id, version: '1.0.0', how: 'yanked', message: 'broken' })
      await artifacts.update(t.caller, {
        id,
        version: '0.9.1',
        source: 'PERSONA B',
        published: how === 'update',
      })
      if (how === 'publish') await artifacts.publish(t.caller, { id, version: '0.9.1' })
      const after = await artifacts.read(id)
      assert.deepEqual([after.version, after.digest], ['0.9.1', await latest(a)])
    })
  }

  async function latest({ test: t }: Awaited<ReturnType<typeof authors>>): Promise<string> {
    const repository = 'persona/acme/ada-the-reviewer' as RepositoryName
    const manifest = await t.registry.manifests.get(repository, 'latest' as never)
    return manifest.digest
  }
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
