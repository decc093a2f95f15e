import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Digest } from '../../../src/domain/digest.ts'
import { digestOf } from '../../../src/domain/digest-of.ts'
import type { RepositoryName } from '../../../src/domain/repository-name.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import { checkInvariants } from '../invariants.ts'
import { authors, codeOf } from './kit.ts'

const repository = 'persona/acme/ada-the-reviewer' as RepositoryName

describe('an artifact that is made', () => {
  test('is read as it was given, with a slug of its title', async () => {
    await using a = await authors()
    const made = await a.create({
      metadata: { name: '  Ada the Reviewer ', topics: ['review', 'review', 'code'], skills: ['TypeScript'] },
    })
    assert.deepEqual(
      { kind: made.kind, slug: made.slug, name: made.name, version: made.version, published: made.published },
      {
        kind: 'persona',
        slug: 'ada-the-reviewer',
        name: 'Ada the Reviewer',
        version: '1.0.0',
        published: false,
      },
    )
    assert.deepEqual(made.topics, ['review', 'code'])
    assert.deepEqual(made.skills, [{ name: 'TypeScript' }])
    assert.deepEqual(await a.artifacts.read(made.id), made)
    assert.deepEqual(await a.artifacts.readBySlug('acme', 'ada-the-reviewer'), made)
    assert.deepEqual(await a.artifacts.sources([made]), ['PERSONA Ada'])
    await checkInvariants(a.test.core)
  })

  test('is a manifest whose config is its document and whose layer is its source', async () => {
    await using a = await authors()
    const made = await a.create({ published: true, document: { tone: 'kind' } })
    const { registry } = a.test
    const { bytes, mediaType } = await registry.manifests.get(repository, '1.0.0' as Tag)
    assert.equal(mediaType, 'application/vnd.oci.image.manifest.v1+json')
    assert.equal(digestOf(bytes), made.digest)
    const manifest = JSON.parse(new TextDecoder().decode(bytes))
    assert.equal(manifest.artifactType, 'application/vnd.lading.persona.v1+json')
    const config = await registry.blobs.open(a.test.caller, repository, manifest.config.digest as Digest)
    const document = JSON.parse(new TextDecoder().decode(config.inline ?? (await all(config.bytes))))
    assert.deepEqual(document, {
      kind: 'persona',
      namespace: 'acme',
      slug: 'ada-the-reviewer',
      version: '1.0.0',
      name: 'Ada the Reviewer',
      document: { tone: 'kind' },
    })
    const source = await registry.blobs.open(a.test.caller, repository, manifest.layers[0].digest as Digest)
    assert.equal(new TextDecoder().decode(source.inline ?? (await all(source.bytes))), 'PERSONA Ada')
    const latest = await registry.manifests.get(repository, 'latest' as Tag)
    assert.equal(digestOf(latest.bytes), made.digest)
  })

  test('gets another slug where its own is taken, and no slug that was asked for twice', async () => {
    await using a = await authors()
    const slugs = [await a.create(), await a.create(), await a.create({ kind: 'skill' })].map(
      ({ slug }) => slug,
    )
    assert.deepEqual(slugs, ['ada-the-reviewer', 'ada-the-reviewer-2', 'ada-the-reviewer-3'])
    assert.equal(await codeOf(a.create({ slug: 'ada-the-reviewer' })), 'artifact-exists')
    const many = await Promise.all(Array.from({ length: 20 }, () => a.create({ metadata: { name: 'Twin' } })))
    assert.equal(new Set(many.map(({ slug }) => slug)).size, 20)
    await checkInvariants(a.test.core)
  })

  test('of no kind, no title, no version or no source is refused and leaves nothing', async () => {
    await using a = await authors()
    const wrong: [string, Parameters<typeof a.create>[0]][] = [
      ['type', { kind: 'nonsense' }],
      ['name', { metadata: { name: ' ' } }],
      ['name', { metadata: { name: 'x'.repeat(10_000) } }],
      ['name', { metadata: { name: 'a\0b' } }],
      ['name', { metadata: { name: '\ud800' } }],
      ['version', { version: 'v1' }],
      ['source', { source: 7 as never }],
      ['source', { source: '\udfff' }],
      ['slug', { slug: 'Not A Slug' }],
      ['slug', { slug: '__proto__' }],
      ['topics', { metadata: { name: 'a', topics: Array.from({ length: 1_000_000 }, () => 't') } }],
      ['custom', { metadata: { name: 'a', custom: deep(100) } }],
      ['custom', { metadata: { name: 'a', custom: { x: 1n } } }],
      ['document/tone', { document: { tone: 7 } }],
    ]
    for (const [field, given] of wrong) {
      await assert.rejects(a.create(given), (error: { code: string; data: { field: string } }) => {
        assert.equal(error.code, 'artifact-invalid', field)
        assert.equal(error.data.field, field)
        return true
      })
    }
    assert.equal(await a.artifacts.count({ withDeleted: true }), 0)
    assert.deepEqual(await a.artifacts.terms('topic', 10), [])
    await checkInvariants(a.test.core)
  })
})

describe('versions', () => {
  test('a draft changes in place; a published one does not', async () => {
    await using a = await authors()
    const { caller } = a.test
    const { id, digest } = await a.create()
    const changed = await a.artifacts.update(caller, { id, source: 'PERSONA Ada2' })
    assert.notEqual(changed.digest, digest)
    assert.equal((await a.artifacts.version(id, '1.0.0')).source, 'PERSONA Ada2')
    await a.artifacts.publish(caller, { id, version: '1.0.0', changelog: 'The first.' })
    assert.equal(await codeOf(a.artifacts.update(caller, { id, source: 'other' })), 'version-published')
    assert.equal(await codeOf(a.artifacts.publish(caller, { id, version: '1.0.0' })), 'version-published')
    const described = await a.artifacts.update(caller, { id, metadata: { description: 'Reads code.' } })
    assert.equal(described.description, 'Reads code.')
    assert.equal(described.digest, changed.digest)
    const version = await a.artifacts.version(id, '1.0.0')
    assert.deepEqual(
      { state: version.state, changelog: version.changelog, source: version.source },
      { state: 'published', changelog: 'The first.', source: 'PERSONA Ada2' },
    )
    await checkInvariants(a.test.core)
  })

  test('no door moves or deletes the tag of a published version', async () => {
    await using a = await authors()
    const { caller, registry } = a.test
    await a.create({ published: true })
    const { bytes } = await registry.manifests.get(repository, '1.0.0' as Tag)
    const manifest = JSON.parse(new TextDecoder().decode(bytes))
    const other = new TextEncoder().encode(JSON.stringify({ ...manifest, annotations: { changed: 'yes' } }))
    const push = (reference: string) =>
      registry.manifests.put(caller, {
        repository,
        reference: reference as Tag,
        tags: [],
        contentType: undefined,
        bytes: other,
        expect: {},
      })
    assert.equal(await codeOf(push('1.0.0')), 'version-published')
    assert.equal(
      await codeOf(registry.manifests.delete(caller, repository, '1.0.0' as Tag, {})),
      'version-published',
    )
    const digest = digestOf(bytes)
    assert.equal(await codeOf(registry.manifests.delete(caller, repository, digest, {})), 'version-published')
    assert.equal(await codeOf(push('1.0.1')), 'none')
    const [pushed, made] = await a.artifacts.versions(
      (await a.artifacts.readBySlug('acme', 'ada-the-reviewer')).id,
    )
    assert.deepEqual([pushed?.version, pushed?.state, made?.version], ['1.0.1', 'published', '1.0.0'])
    await checkInvariants(a.test.core)
  })

  test('a new one is made of the last, has a changelog, and is what the artifact stands at', async () => {
    await using a = await authors()
    const { caller } = a.test
    const { id } = await a.create({ published: true })
    const next = await a.artifacts.update(caller, { id, version: '1.1.0', source: 'PERSONA Ada\nTONE warm' })
    assert.equal(next.version, '1.1.0')
    const version = await a.artifacts.version(id, '1.1.0')
    assert.deepEqual({ parent: version.parent, state: version.state }, { parent: '1.0.0', state: 'draft' })
    assert.match(version.changelog, /1\.1\.0/)
    const lower = await a.artifacts.update(caller, { id, version: '1.0.1', source: 'PERSONA Patch' })
    assert.equal(lower.version, '1.1.0')
    assert.deepEqual(
      (await a.artifacts.versions(id)).map(({ version: name, state }) => [name, state]),
      [
        ['1.1.0', 'draft'],
        ['1.0.1', 'draft'],
        ['1.0.0', 'published'],
      ],
    )
    assert.equal(await codeOf(a.artifacts.update(caller, { id, version: 'x' })), 'artifact-invalid')
    await checkInvariants(a.test.core)
  })

  test('latest names the highest release that is published, and rolls back', async () => {
    await using a = await authors()
    const { caller, registry } = a.test
    const { id } = await a.create({ published: true })
    const latest = async () => digestOf((await registry.manifests.get(repository, 'latest' as Tag)).bytes)
    const digestAt = async (version: string) => (await a.artifacts.version(id, version)).digest
    await a.artifacts.update(caller, { id, version: '2.0.0', source: 'two', published: true })
    assert.equal(await latest(), await digestAt('2.0.0'))
    await a.artifacts.update(caller, { id, version: '3.0.0-beta.1', source: 'beta', published: true })
    assert.equal(await latest(), await digestAt('2.0.0'))
    await a.artifacts.update(caller, { id, version: '1.5.0', source: 'old', published: true })
    assert.equal(await latest(), await digestAt('2.0.0'))
    const back = await a.artifacts.rollBack(caller, id, '1.5.0')
    assert.equal(back.version, '1.5.0')
    assert.equal(await latest(), await digestAt('1.5.0'))
    assert.equal((await a.artifacts.versions(id)).length, 4)
    assert.equal(await codeOf(a.artifacts.rollBack(caller, id, '9.9.9')), 'version-unknown')
    const after = await a.artifacts.publish(caller, { id, version: '2.1.0' })
    assert.equal(after.version, '2.1.0')
    assert.equal(await latest(), await digestAt('2.1.0'))
    await checkInvariants(a.test.core)
  })

  test('a yanked one is left for the next highest, and a deprecated one says why', async () => {
    await using a = await authors()
    const { caller } = a.test
    const { id } = await a.create({ published: true })
    await a.artifacts.update(caller, { id, version: '2.0.0', source: 'two', published: true })
    const left = await a.artifacts.withdraw(caller, {
      id,
      version: '2.0.0',
      how: 'yanked',
      message: 'It leaks.',
    })
    assert.equal(left.version, '1.0.0')
    assert.equal((await a.artifacts.version(id, '2.0.0')).yanked, 'It leaks.')
    await a.artifacts.withdraw(caller, { id, version: '1.0.0', how: 'deprecated', message: 'Use 3.' })
    assert.equal((await a.artifacts.version(id, '1.0.0')).deprecated, 'Use 3.')
    await a.artifacts.withdraw(caller, { id, version: '1.0.0', how: 'deprecated', message: undefined })
    assert.equal((await a.artifacts.version(id, '1.0.0')).deprecated, undefined)
    await checkInvariants(a.test.core)
  })
})

describe('an artifact that goes', () => {
  test('is found by no door once deleted, comes back whole, and is gone for ever when purged', async () => {
    await using a = await authors()
    const { caller, registry, core } = a.test
    const made = await a.create({
      published: true,
      metadata: { name: 'Ada the Reviewer', topics: ['review'] },
    })
    await a.artifacts.star(caller, made.id, 'eve')
    await a.artifacts.delete(caller, made.id)
    assert.equal(await codeOf(a.artifacts.read(made.id)), 'artifact-unknown')
    assert.equal(await codeOf(a.artifacts.delete(caller, made.id)), 'artifact-unknown')
    assert.equal(
      await codeOf((async () => registry.manifests.get(repository, '1.0.0' as Tag))()),
      'manifest-unknown',
    )
    assert.deepEqual((await registry.repositories.list(caller.principal, { limit: 10 })).names, [])
    assert.equal(await codeOf(a.create({ slug: made.slug })), 'artifact-exists')
    assert.deepEqual(await a.artifacts.terms('topic', 10), [])
    assert.equal(await a.artifacts.count({}), 0)
    assert.equal(await a.artifacts.count({ withDeleted: true }), 1)
    const back = await a.artifacts.restore(caller, made.id)
    assert.equal(back.deleted, false)
    assert.deepEqual(await a.artifacts.terms('topic', 10), [{ term: 'review', artifacts: 1 }])
    assert.equal((await registry.manifests.get(repository, '1.0.0' as Tag)).digest, made.digest)
    await a.artifacts.delete(caller, made.id)
    await a.artifacts.purge(caller, made.id)
    assert.equal(await a.artifacts.count({ withDeleted: true }), 0)
    const again = await a.create({ slug: made.slug, source: 'PERSONA Other' })
    assert.notEqual(again.id, made.id)
    await a.runJobs()
    assert.deepEqual((await a.artifacts.versions(again.id)).length, 1)
    assert.equal(
      (
        await core.store.find((await import('../../../src/core/content/tables.ts')).repositories, {
          index: 'key',
          limit: 10,
        })
      ).rows.length,
      1,
    )
    await checkInvariants(a.test.core)
  })
})

function deep(levels: number): object {
  let value: object = {}
  for (let level = 0; level < levels; level++) value = { value }
  return value
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const found: Uint8Array[] = []
  for await (const chunk of chunks) found.push(Uint8Array.from(chunk))
  return Buffer.concat(found)
}

describe('files of a version', () => {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

  test('are layers beside its source, stay with the next version, and are replaced by name', async () => {
    await using a = await authors()
    const { caller, registry } = a.test
    const { id } = await a.create({
      published: true,
      files: [
        { name: 'ast.json', mediaType: 'application/json', bytes: '{}' },
        { name: 'docs/readme.md', bytes: new Uint8Array(100_000).fill(65) },
      ],
    })
    await a.artifacts.update(caller, {
      id,
      version: '1.1.0',
      files: [{ name: 'ast.json', bytes: '{"a":1}' }],
    })
    const { files } = await a.artifacts.version(id, '1.1.0')
    assert.deepEqual(
      files.map(({ name, mediaType, size }) => [name, mediaType, size]),
      [
        ['ast.json', 'application/octet-stream', 7],
        ['docs/readme.md', 'application/octet-stream', 100_000],
      ],
    )
    assert.equal(text(await a.artifacts.file(id, '1.1.0', 'ast.json')), '{"a":1}')
    assert.equal(text(await a.artifacts.file(id, '1.0.0', 'ast.json')), '{}')
    assert.equal((await a.artifacts.file(id, '1.1.0', 'docs/readme.md')).length, 100_000)
    assert.equal(await codeOf(a.artifacts.file(id, '1.1.0', 'other')), 'file-unknown')
    const blob = await registry.blobs.stat(caller, repository, files[0]?.digest as Digest)
    assert.equal(blob.size, 7)
    const { files: changed } = await a.artifacts.diff(id, '1.0.0', '1.1.0')
    assert.deepEqual(
      changed.filter(({ name }) => name === 'ast.json').map(({ change }) => change),
      ['changed'],
    )
    await checkInvariants(a.test.core)
  })

  test('cannot be named like something outside of the folder that they are unpacked to', async () => {
    await using a = await authors()
    for (const name of [
      '',
      '/etc/passwd',
      '../x',
      'a/../b',
      'a//b',
      'a/',
      'C:\\x',
      'a\nb',
      './a',
      'x'.repeat(500),
    ])
      assert.equal(await codeOf(a.create({ files: [{ name, bytes: 'x' }] })), 'artifact-invalid', name)
    const twice = [
      { name: 'a', bytes: 'x' },
      { name: 'a', bytes: 'y' },
    ]
    assert.equal(await codeOf(a.create({ files: twice })), 'artifact-invalid')
    assert.equal(
      await codeOf(a.create({ files: [{ name: 'a', bytes: 'x', mediaType: 'nonsense' }] })),
      'artifact-invalid',
    )
    assert.equal(await a.artifacts.count({ withDeleted: true }), 0)
  })
})
