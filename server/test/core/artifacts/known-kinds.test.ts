import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { schema } from '../../../src/boot/schema.ts'
import { namespaces, repositories } from '../../../src/core/content/tables.ts'
import { namespaceOf, parseRepositoryName } from '../../../src/domain/repository-name.ts'
import { isArtifactKind, isReservedName } from '../../../src/domain/reserved-names.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import type { Kind } from '../../../src/kinds/kind.ts'
import { kindsByName } from '../../../src/kinds/kinds.ts'
import { defineUserKind } from '../../../src/kinds/user-kind.ts'
import { acme, authors } from '../authoring/kit.ts'
import { type TestCore, testCore } from '../kit.ts'

const recipe = await defineUserKind({
  name: 'recipe',
  about: 'How something is cooked',
  schema: { type: 'object' },
})

/** One registry that is started again and again, each time with other kinds. */
async function registryToStart(): Promise<(kinds?: readonly Kind[]) => Promise<TestCore>> {
  const store = await openMemoryStore(schema, { now: () => 0 })
  const blobs = openMemoryBlobs()
  return (kinds = []) => testCore({ store, blobs, rules: { kinds: kindsByName(kinds) } })
}

async function push({ registry, caller }: TestCore, name: string): Promise<void> {
  const mediaType = 'application/vnd.oci.image.index.v1+json'
  await registry.manifests.put(caller, {
    repository: parseRepositoryName(name),
    reference: 'latest' as Tag,
    tags: [],
    contentType: undefined,
    bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [] })),
    expect: {},
  })
}

describe('a kind that is added', () => {
  it('has paths of its own while its registry is there, counted to the namespace that follows it', async () => {
    const start = await registryToStart()
    const test = await start([recipe])
    await push(test, 'recipe/acme/pie')
    assert.equal(namespaceOf(parseRepositoryName('recipe/acme/pie')), 'acme')
    const row = await test.store.get(repositories, { unique: 'name', values: ['recipe/acme/pie'] })
    assert.equal(row?.namespace, 'acme')
    assert.equal((await test.store.get(namespaces, ['acme']))?.repositories, 1)
    assert.equal(await test.store.get(namespaces, ['recipe']), undefined)
    test.releaseKinds()
    assert.equal(isReservedName('recipe'), false)
    const again = await start([recipe])
    again.releaseKinds()
  })

  it('is refused where its name is the namespace of repositories, which are named', async () => {
    const start = await registryToStart()
    const before = await start()
    for (let at = 0; at < 12; at++) await push(before, `recipe/pie-${String(at).padStart(2, '0')}`)
    await push(before, 'recipes/other')
    before.releaseKinds()
    const names = Array.from({ length: 10 }, (_, at) => `recipe/pie-${String(at).padStart(2, '0')}`)
    await assert.rejects(start([recipe]), {
      message: `invalid kinds: the kind recipe cannot be added: there are repositories in a namespace of this name (${names.join(', ')}, and 2 more); choose another name for the kind, or copy them to another namespace and delete them first`,
    })
    assert.equal(isArtifactKind('recipe'), false)
    const after = await start()
    assert.equal(namespaceOf(parseRepositoryName('recipe/pie-00')), 'recipe')
    after.releaseKinds()
  })

  it('is refused where its name is a namespace of another kind, too', async () => {
    const start = await registryToStart()
    const note = await defineUserKind({ name: 'lab-note', about: 'What was found', schema: {} })
    const before = await start([note])
    await push(before, 'model/recipe/bert')
    await push(before, 'lab-note/recipe/one')
    before.releaseKinds()
    await assert.rejects(
      start([note, recipe]),
      /namespace of this name \(model\/recipe\/bert, lab-note\/recipe\/one\); choose another/,
    )
    assert.equal(isArtifactKind('lab-note'), false)
  })

  it('is asked for while there are artifacts of it', async () => {
    const start = await registryToStart()
    const before = await start([recipe])
    await push(before, 'recipe/acme/pie')
    before.releaseKinds()
    await assert.rejects(start(), {
      message:
        'invalid kinds: there are artifacts of the kind recipe, which is not configured: their paths would mean something else; put it back below kinds, or purge them first',
    })
  })

  it('can be made and read as any other', async () => {
    await using at = await authors({ rules: { kinds: kindsByName([recipe]) } })
    try {
      const made = await at.create({ kind: 'recipe', document: { serves: 2 }, metadata: { name: 'Pie' } })
      assert.deepEqual([made.kind, made.namespace, made.slug], ['recipe', 'acme', 'pie'])
      const row = await at.test.store.get(repositories, { unique: 'name', values: ['recipe/acme/pie'] })
      assert.equal(row?.namespace, 'acme')
    } finally {
      at.test.releaseKinds()
    }
  })
})

describe('files and images that are made here', () => {
  it('are where OCI clients push theirs, and a namespace called file stays one', async () => {
    await using at = await authors()
    for (const kind of ['file', 'image']) {
      const made = await at.create({ kind, metadata: { name: `My ${kind}` }, source: 'bytes' })
      assert.deepEqual([made.kind, made.namespace, made.slug], [kind, acme, `my-${kind}`])
      const row = await at.test.store.get(repositories, { unique: 'name', values: [`acme/my-${kind}`] })
      assert.equal(row?.namespace, 'acme')
    }
    await push(at.test, 'file/app')
    const old = await at.test.store.get(repositories, { unique: 'name', values: ['file/app'] })
    assert.equal(old?.namespace, 'file')
  })
})
