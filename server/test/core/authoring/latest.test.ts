import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RepositoryName } from '../../../src/domain/repository-name.ts'
import { type Authors, authors, codeOf } from './kit.ts'

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

  test('after a version between is published, when it was rolled back', async () => {
    await using a = await authors()
    const { artifacts, test: t } = a
    const { id } = await published(a, ['1.0.0', '2.0.0'])
    await artifacts.rollBack(t.caller, id, '1.0.0')
    await version(a, id, '1.5.0', true)
    assert.deepEqual(await stands(a, id), ['1.5.0', true])
    await version(a, id, '1.6.0', false)
    assert.deepEqual(await stands(a, id), ['1.6.0', false])
    await artifacts.publish(t.caller, { id, version: '1.6.0' })
    assert.deepEqual(await stands(a, id), ['1.6.0', true])
  })

  test('however many versions there are beyond those of a list', async () => {
    await using a = await authors({ limits: { versionsListed: 3, pageSize: 2 } })
    const { artifacts, test: t } = a
    const { id } = await published(a, ['1.0.0', '2.0.0', '3.0.0-ci.1', '3.0.0-ci.2', '3.0.0-ci.3'])
    assert.deepEqual(await stands(a, id), ['2.0.0', true])
    await version(a, id, '1.0.1', true)
    assert.deepEqual(await stands(a, id), ['2.0.0', true])
    await artifacts.withdraw(t.caller, { id, version: '2.0.0', how: 'yanked', message: 'bad' })
    assert.deepEqual(await stands(a, id), ['1.0.1', true])
  })

  test('also where drafts are above all that a list has', async () => {
    await using a = await authors({ limits: { versionsListed: 2 } })
    const { artifacts, test: t } = a
    const { id } = await published(a, ['1.0.0', '2.0.0'])
    for (const draft of ['3.0.0', '4.0.0']) await version(a, id, draft, false)
    await artifacts.rollBack(t.caller, id, '2.0.0')
    await artifacts.withdraw(t.caller, { id, version: '2.0.0', how: 'yanked', message: 'bad' })
    assert.deepEqual(await stands(a, id), ['1.0.0', true])
  })

  /** Where it stands, and whether `latest` names that too. */
  async function stands(a: Authors, id: string): Promise<[string, boolean]> {
    const now = await a.artifacts.read(id)
    return [now.version ?? '', now.digest === (await latest(a))]
  }

  async function published(a: Authors, versions: readonly string[]): Promise<{ id: string }> {
    const [first = '', ...more] = versions
    const { id } = await a.create({ version: first, source: first, published: true })
    for (const one of more) await version(a, id, one, true)
    return { id }
  }

  async function version(a: Authors, id: string, named: string, isPublished: boolean): Promise<void> {
    const request = { id, version: named, source: named, published: isPublished }
    await a.artifacts.update(a.test.caller, request)
  }

  async function latest({ test: t }: Authors): Promise<string> {
    const repository = 'persona/acme/ada-the-reviewer' as RepositoryName
    const manifest = await t.registry.manifests.get(repository, 'latest' as never)
    return manifest.digest
  }
})

test('a yanked version is not rolled back to, before that is taken back', async () => {
  await using a = await authors()
  const { artifacts, test: t } = a
  const { id } = await a.create({ version: '1.0.0', published: true })
  await artifacts.update(t.caller, { id, version: '1.1.0', source: 'PERSONA B', published: true })
  const yank = async (message: string | undefined): Promise<unknown> =>
    await artifacts.withdraw(t.caller, { id, version: '1.1.0', how: 'yanked', message })
  await yank('dangerous')
  assert.equal(await codeOf(artifacts.rollBack(t.caller, id, '1.1.0')), 'version-yanked')
  assert.equal((await artifacts.read(id)).version, '1.0.0')
  await yank(undefined)
  assert.equal((await artifacts.rollBack(t.caller, id, '1.1.0')).version, '1.1.0')
})
