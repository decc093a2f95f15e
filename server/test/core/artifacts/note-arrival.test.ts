import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dropArtifact } from '../../../src/core/artifacts/keep-artifact.ts'
import { artifacts, terms } from '../../../src/core/artifacts/tables.ts'
import { noteEarlier } from '../../../src/core/publish/note-earlier.ts'
import { parseRepositoryName } from '../../../src/domain/repository-name.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import { authors, codeOf } from '../authoring/kit.ts'
import { allRows, checkInvariants } from '../invariants.ts'
import type { TestCore } from '../kit.ts'
import { app, only, push } from './pushing.ts'

const never = new AbortController().signal

describe('what comes by a door that knows no artifacts', () => {
  test('is an artifact with its first tag, and stands at its highest version', async () => {
    await using a = await authors()
    const digest = await push(a.test, {
      tag: '1.2.0',
      annotations: { 'org.opencontainers.image.title': 'The App' },
    })
    const first = await only(a.test)
    assert.deepEqual(
      [first.kind, first.namespace, first.slug, first.name, first.version, first.digest, first.published],
      ['image', 'acme', 'app', 'The App', '1.2.0', digest, true],
    )
    await a.test.clock.advance(1000)
    await push(a.test, { tag: '1.1.9', layer: 'older' })
    await push(a.test, { tag: 'nightly', layer: 'nightly' })
    assert.deepEqual([(await only(a.test)).version, (await only(a.test)).digest], ['1.2.0', digest])
    assert.equal((await only(a.test)).updatedAt, first.updatedAt + 1000)
    const later = await push(a.test, { tag: '1.10.0', layer: 'newer' })
    assert.deepEqual([(await only(a.test)).version, (await only(a.test)).digest], ['1.10.0', later])
    const versions = await a.artifacts.versions(first.id)
    assert.deepEqual(
      versions.map(({ version, state }) => [version, state]),
      [
        ['1.10.0', 'published'],
        ['1.2.0', 'published'],
        ['1.1.9', 'published'],
      ],
    )
    await checkInvariants(a.test.core)
  })

  test('without a version stands at what was pushed last, and its manifest is its source', async () => {
    await using a = await authors()
    await push(a.test, { tag: 'latest' })
    const digest = await push(a.test, { tag: 'latest', layer: 'new' })
    const found = await only(a.test)
    assert.deepEqual([found.version, found.digest, found.source], [undefined, digest, undefined])
    assert.deepEqual(
      (await a.artifacts.versions(found.id)).map(({ version }) => version),
      [digest],
    )
    const version = await a.artifacts.version(found.id, digest)
    assert.equal(JSON.parse(version.source).schemaVersion, 2)
    assert.deepEqual(await a.artifacts.sources([found]), [version.source])
    await checkInvariants(a.test.core)
  })

  test('is of the kind that its manifest says: a chart, a file with its text, or an image', async () => {
    await using a = await authors()
    await push(a.test, {
      tag: '1.0.0',
      repository: parseRepositoryName('acme/chart-a'),
      configType: 'application/vnd.cncf.helm.config.v1+json',
    })
    await push(a.test, {
      tag: '1.0.0',
      repository: parseRepositoryName('acme/hello'),
      configType: 'application/vnd.oci.empty.v1+json',
      artifactType: 'application/vnd.acme.note',
      layer: 'Hello!',
    })
    const { artifacts: found } = await a.artifacts.find({ filter: {}, order: 'name', back: false, limit: 10 })
    assert.deepEqual(
      found.map(({ kind, slug }) => [kind, slug]),
      [
        ['chart', 'chart-a'],
        ['file', 'hello'],
      ],
    )
    const [, file] = await a.artifacts.sources(found)
    assert.equal(file, 'Hello!')
  })

  test('as a document of a kind has its title, topics and dependencies, and must be right', async () => {
    await using a = await authors()
    const repository = parseRepositoryName('persona/acme/eve')
    const configType = 'application/vnd.lading.persona.v1+json'
    const document = { name: 'Eve', topics: ['review'], document: { skills: ['skill:acme/code@^1.0.0'] } }
    await push(a.test, { tag: '1.0.0', repository, configType, config: JSON.stringify(document) })
    const eve = await only(a.test)
    assert.deepEqual([eve.kind, eve.name, eve.topics], ['persona', 'Eve', ['review']])
    assert.deepEqual(await a.artifacts.terms('topic', 10), [{ term: 'review', artifacts: 1 }])
    const { steps } = await a.artifacts.dependencies(eve.id)
    assert.deepEqual(
      steps.map(({ name, range }) => [name, range]),
      [['skill:acme/code', '^1.0.0']],
    )
    const other = { name: 'Eve II', topics: ['code'], document: {} }
    await push(a.test, { tag: '1.1.0', repository, configType, config: JSON.stringify(other) })
    assert.deepEqual((await only(a.test)).topics, ['code'])
    assert.deepEqual(await a.artifacts.terms('topic', 10), [{ term: 'code', artifacts: 1 }])
    for (const config of ['[]', '{', '{"topics":["x"]}', '{"name":"E","document":{"tone":7}}'])
      assert.equal(
        await codeOf(push(a.test, { tag: '2.0.0', repository, configType, config })),
        'manifest-invalid',
      )
    assert.equal((await only(a.test)).version, '1.1.0')
    await checkInvariants(a.test.core)
  })

  const keys = (said: Record<string, string>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(said).map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
    )

  test('says what it stands at says, and no more what that says no more; what was set by hand stays', async () => {
    await using a = await authors()
    const said = async (): Promise<readonly string[]> => {
      const { name, description, author, authorEmail, license, homepage } = await only(a.test)
      return [name, description, author, authorEmail, license, homepage]
    }
    const annotations = keys({
      title: 'The App',
      description: 'Does it all',
      authors: 'Ada Lovelace <ada@example.com>',
      licenses: 'MIT',
      url: 'https://example.com',
    })
    await push(a.test, { tag: '1.0.0', annotations })
    const first = ['The App', 'Does it all', 'Ada Lovelace', 'ada@example.com', 'MIT', 'https://example.com']
    assert.deepEqual(await said(), first)
    assert.equal((await only(a.test)).organization, 'acme')
    await push(a.test, {
      tag: '1.0.0',
      layer: 'sold',
      annotations: { ...annotations, ...keys({ vendor: 'Acme, Inc.' }) },
    })
    assert.equal((await only(a.test)).organization, 'Acme, Inc.')
    await push(a.test, { tag: '1.0.0', layer: 'bare' })
    assert.deepEqual(await said(), ['app', '', '', '', '', ''])
    await push(a.test, { tag: '1.0.0', annotations })
    assert.deepEqual(await said(), first)
    const { id } = await only(a.test)
    await a.artifacts.update(a.test.caller, { id, metadata: { description: 'By hand', homepage: '' } })
    await push(a.test, { tag: '1.1.0', layer: 'newer', annotations: keys({ title: 'Two' }) })
    assert.deepEqual(await said(), ['Two', 'By hand', '', '', '', ''])
    await push(a.test, { tag: '1.2.0', layer: 'newest', annotations })
    assert.deepEqual(await said(), [...first.with(1, 'By hand')])
    await a.test.registry.manifests.delete(a.test.caller, app, '1.2.0' as Tag, {})
    assert.deepEqual(await said(), ['Two', 'By hand', '', '', '', ''])
    for (const tag of ['1.1.0', '1.0.0'])
      await a.test.registry.manifests.delete(a.test.caller, app, tag as Tag, {})
    await push(a.test, { tag: '2.0.0', layer: 'again' })
    assert.deepEqual(await said(), ['app', 'By hand', '', '', '', ''])
    await checkInvariants(a.test.core)
  })

  test('without a version says what another tag says once its own is gone', async () => {
    await using a = await authors()
    await push(a.test, { tag: 'nightly', annotations: keys({ title: 'Nightly' }) })
    await a.test.clock.advance(5)
    await push(a.test, { tag: 'edge', layer: 'edge', annotations: keys({ title: 'Edge' }) })
    assert.equal((await only(a.test)).name, 'Edge')
    await a.test.registry.manifests.delete(a.test.caller, app, 'edge' as Tag, {})
    assert.equal((await only(a.test)).name, 'Nightly')
  })

  test('as a chart has the keywords and the license of its Chart.yaml, as far as they are what they should be', async () => {
    await using a = await authors()
    const configType = 'application/vnd.cncf.helm.config.v1+json'
    const chart = {
      name: 'web',
      description: 'Serves pages',
      home: 'https://example.com',
      deprecated: true,
      keywords: ['http', 'http', 7, '', 'proxy'],
      annotations: { 'artifacthub.io/license': 'Apache-2.0' },
    }
    await push(a.test, {
      tag: '1.0.0',
      configType,
      config: JSON.stringify(chart),
      annotations: keys({ authors: 'Grace Hopper (g@example.org)' }),
    })
    const told = async (): Promise<readonly unknown[]> => {
      const { name, description, homepage, license, keywords, author, custom } = await only(a.test)
      return [name, description, homepage, license, keywords, author, custom]
    }
    assert.deepEqual(await told(), [
      ...['app', 'Serves pages', 'https://example.com', 'Apache-2.0', ['http', 'proxy'], 'Grace Hopper'],
      { chart: { deprecated: true } },
    ])
    await push(a.test, { tag: '1.0.0', configType, config: '{"name":"web","keywords":"none"}' })
    assert.deepEqual(await told(), ['app', '', '', '', [], '', {}])
    await push(a.test, { tag: '1.0.0', configType, config: '[' })
    assert.equal((await only(a.test)).name, 'app')
  })

  test('from before there were artifacts becomes one, once', async () => {
    await using a = await authors()
    await push(a.test, { tag: '1.0.0' })
    await a.test.clock.advance(5)
    await push(a.test, { tag: '1.1.0', layer: 'newer' })
    const { id: _, updatedAt: __, createdAt: ___, publishedAt: ____, ...known } = await only(a.test)
    const { core, store } = a.test
    const [row] = await allRows(store, artifacts)
    assert.ok(row)
    await core.ledger.keep(async () => ({ value: undefined, changes: await dropArtifact(core, row) }))
    assert.equal(await a.artifacts.count({}), 0)
    await noteEarlier(core, never)
    const { id: newId, updatedAt: _u, createdAt: _c, publishedAt: _p, ...again } = await only(a.test)
    assert.deepEqual(again, known)
    assert.notEqual(newId, row.id)
    const [second] = await allRows(store, artifacts)
    assert.ok(second)
    await core.ledger.keep(async () => ({ value: undefined, changes: await dropArtifact(core, second) }))
    await noteEarlier(core, never)
    assert.equal(await a.artifacts.count({}), 0)
    assert.equal((await allRows(store, terms)).length, 0)
  })

  test('is downloaded by pulls', async () => {
    await using a = await authors()
    await push(a.test, { tag: '1.0.0' })
    const { registry, pulls } = a.test
    for (let at = 0; at < 3; at++) await registry.manifests.get(app, '1.0.0' as Tag, true)
    await pulls.flush()
    assert.equal((await only(a.test)).statistics.downloads, 3)
    assert.deepEqual(
      (await a.artifacts.trending(10)).map(({ slug }) => slug),
      ['app'],
    )
  })

  test('by many at once to one repository leaves one artifact, at the highest version', async () => {
    await using a = await authors()
    const all = Array.from({ length: 30 }, (_, at) =>
      push(a.test, { tag: `1.0.${at}`, layer: `layer ${at}` }),
    )
    let left = all.length
    for (const one of all) one.finally(() => left--)
    while (left > 0) await a.test.clock.advance(10)
    await Promise.all(all)
    const found = await only(a.test)
    assert.deepEqual([found.version, found.digest], ['1.0.29', await all[29]])
    await checkInvariants(a.test.core)
  })
})

describe('what goes by a door that knows no artifacts', () => {
  const stands = async (core: TestCore): Promise<readonly unknown[]> => {
    const { version, digest, name, published } = await only(core)
    return [version, digest, name, published]
  }
  const drop = async ({ registry, caller }: TestCore, reference: string): Promise<void> =>
    await registry.manifests.delete(caller, app, reference as Tag, {})
  const titled = (title: string) => ({ 'org.opencontainers.image.title': title })

  test('leaves the artifact at the highest version that is left, whether a tag goes or its manifest', async () => {
    await using a = await authors()
    const one = await push(a.test, { tag: '1.0.0', layer: 'one', annotations: titled('One') })
    const two = await push(a.test, { tag: '2.0.0', layer: 'two', annotations: titled('Two') })
    const three = await push(a.test, { tag: '3.0.0', layer: 'three', annotations: titled('Three') })
    assert.deepEqual(await stands(a.test), ['3.0.0', three, 'Three', true])
    await drop(a.test, three)
    assert.deepEqual((await stands(a.test)).slice(0, 2), ['2.0.0', two])
    await drop(a.test, '1.0.0')
    assert.deepEqual((await stands(a.test)).slice(0, 2), ['2.0.0', two])
    await push(a.test, { tag: '1.0.0', layer: 'one', annotations: titled('One') })
    await drop(a.test, '2.0.0')
    assert.deepEqual((await stands(a.test)).slice(0, 2), ['1.0.0', one])
    await checkInvariants(a.test.core)
  })

  test('leaves it at what another tag names, and then at nothing, until something is pushed again', async () => {
    await using a = await authors()
    const nightly = await push(a.test, { tag: 'nightly', layer: 'nightly' })
    await push(a.test, { tag: '1.0.0', layer: 'one' })
    await push(a.test, { tag: `sha256-${'a'.repeat(64)}`, layer: 'referrers' })
    await drop(a.test, '1.0.0')
    assert.deepEqual((await stands(a.test)).slice(0, 2), [undefined, nightly])
    await drop(a.test, 'nightly')
    const [gone] = await allRows(a.test.store, artifacts)
    assert.deepEqual([gone?.version, gone?.digest, gone?.published], ['', '', false])
    const again = await push(a.test, { tag: '1.0.0', layer: 'one' })
    assert.deepEqual((await stands(a.test)).slice(0, 2), ['1.0.0', again])
    assert.equal((await only(a.test)).published, true)
    await checkInvariants(a.test.core)
  })

  test('stays at one that is there, whatever else goes at once', async () => {
    await using a = await authors()
    const tags = Array.from({ length: 12 }, (_, at) => `1.${at}.0`)
    for (const tag of tags) await push(a.test, { tag, layer: tag })
    let isOver = false
    const going = Promise.all(tags.slice(1).map((tag) => drop(a.test, tag))).finally(() => {
      isOver = true
    })
    while (!isOver) await a.test.clock.advance(1)
    await going
    assert.equal((await stands(a.test))[0], '1.0.0')
    await checkInvariants(a.test.core)
  })
})
