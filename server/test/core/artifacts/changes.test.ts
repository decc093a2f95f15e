import assert from 'node:assert/strict'
import { test } from 'node:test'
import { artifacts } from '../../../src/core/artifacts/tables.ts'
import { digestOf } from '../../../src/domain/digest-of.ts'
import type { RepositoryName } from '../../../src/domain/repository-name.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import { type Authors, authors } from '../authoring/kit.ts'
import { allRows } from '../invariants.ts'

async function changes({ test: { store } }: Authors): Promise<number> {
  const [row, ...others] = await allRows(store, artifacts)
  assert.ok(row !== undefined && others.length === 0)
  return row.changes
}

/** By a door that knows tags alone. */
async function push({ test: { registry, caller } }: Authors, tag: string): Promise<void> {
  const repository = 'persona/acme/ada' as RepositoryName
  const config = Buffer.from('{}')
  const digest = digestOf(config)
  const bytes = (async function* () {
    yield config
  })()
  await registry.uploads.push(caller, repository, digest, { bytes, length: config.length })
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: config.length },
    layers: [],
    annotations: { tag },
  }
  await registry.manifests.put(caller, {
    ...{ repository, reference: tag as Tag, tags: [], contentType: undefined, expect: {} },
    bytes: Buffer.from(JSON.stringify(manifest)),
  })
}

test('every change of an artifact, or of one of its versions, raises its count, and a use does not', async () => {
  await using world = await authors()
  const { caller, registry } = world.test
  const { id } = await world.create({ slug: 'ada' })
  assert.equal(await changes(world), 1)
  const says = { id, version: '1.0.0', how: 'deprecated', message: 'use another one' } as const
  const steps: Readonly<Record<string, () => Promise<unknown>>> = {
    said: () => world.artifacts.update(caller, { id, metadata: { description: 'other' } }),
    draft: () => world.artifacts.update(caller, { id, source: 'another' }),
    published: () => world.artifacts.publish(caller, { id, version: '1.0.0' }),
    hidden: () => world.artifacts.update(caller, { id, visibility: 'private' }),
    deprecated: () => world.artifacts.withdraw(caller, says),
    undone: () => world.artifacts.withdraw(caller, { ...says, message: undefined }),
    made: () => world.artifacts.update(caller, { id, version: '2.0.0', source: 'new', published: true }),
    back: () => world.artifacts.rollBack(caller, id, '1.0.0'),
    deleted: () => world.artifacts.delete(caller, id),
    restored: () => world.artifacts.restore(caller, id),
    pushed: () => push(world, 'nightly'),
    higher: () => push(world, '3.0.0'),
    drafted: () => world.artifacts.update(caller, { id, version: '4.0.0', source: 'a draft' }),
    shown: () => registry.manifests.delete(caller, 'persona/acme/ada' as RepositoryName, '3.0.0' as Tag, {}),
  }
  for (const [name, step] of Object.entries(steps)) {
    const before = await changes(world)
    await step()
    assert.equal(await changes(world), before + 1, name)
  }
  const before = await changes(world)
  await world.artifacts.star(caller, id, 'ben')
  await world.artifacts.unstar(caller, id, 'ben')
  await world.artifacts.countUse(id, 'downloads')
  await world.artifacts.countUse(id, 'views')
  assert.equal(await changes(world), before)
})

test('of changes at once each is counted', async () => {
  await using world = await authors()
  await push(world, '1.0.0')
  const tags = Array.from({ length: 8 }, (_, at) => `tag-${at}`)
  let isOver = false
  const pushed = Promise.all(tags.map((tag) => push(world, tag))).finally(() => {
    isOver = true
  })
  while (!isOver) await world.test.clock.advance(1)
  await pushed
  assert.equal(await changes(world), 1 + tags.length)
})
