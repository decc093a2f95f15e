import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { auditEntries } from '../../../src/core/ledger/tables.ts'
import { permissions } from '../../../src/domain/permission.ts'
import type { Principal } from '../../../src/domain/principal.ts'
import { RBAC } from '../../../src/library/rbac.ts'
import type { RegistryEvent } from '../../../src/library/registry-events.ts'
import type { RegistryManager } from '../../../src/library/registry-manager.ts'
import { unwrap } from '../../../src/library/result.ts'
import { until } from '../../kit/until.ts'
import { failure } from '../manager/world.ts'
import { actingWorld } from './world.ts'

describe('a registry that acts for somebody', () => {
  test('makes what is theirs, and shows drafts and what is private to those who may change it', async () => {
    await using world = await actingWorld()
    const made = await world.as('writer').create({
      orgId: 'acme',
      name: 'Secret',
      type: 'file',
      sourceCode: 'x',
      slug: 'secret',
      visibility: 'private',
      published: true,
    })
    const draft = await world.make({ published: false })
    const unlisted = await world.make({ visibility: 'unlisted' })
    assert.equal(made.ownerId, 'user:writer')
    const reader = world.as('reader')
    assert.equal(await failure(reader.read(made.id)), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(reader.read(draft.id)), 'NotFoundError NOT_FOUND')
    assert.equal((await reader.read(unlisted.id)).id, unlisted.id)
    assert.deepEqual([await reader.count(), await world.as('admin').count()], [0, 3])
    const ids = async (registry: RegistryManager): Promise<string[]> =>
      (await registry.find()).items.map(({ id }) => id)
    assert.deepEqual(await ids(reader), [])
    assert.deepEqual(await ids(world.as('admin')), [made.id, draft.id, unlisted.id])
  })

  test('finds in pages what they may read, without holes, and counts the same', async () => {
    await using world = await actingWorld()
    const wanted: string[] = []
    for (let at = 0; at < 30; at++) {
      const { id } = await world.make({ visibility: at % 3 === 0 ? 'public' : 'private' })
      if (at % 3 === 0) wanted.push(id)
    }
    const reader = world.as('reader')
    const found: string[] = []
    let after: string | undefined
    do {
      const page = await reader.find({ limit: 4, ...(after !== undefined && { after }) })
      if (page.next !== undefined) assert.equal(page.items.length, 4)
      found.push(...page.items.map(({ id }) => id))
      after = page.next
    } while (after !== undefined)
    assert.deepEqual(found, wanted)
    assert.equal(await reader.count(), wanted.length)
    assert.deepEqual(await reader.getTags({ counts: true }), [{ name: 'art', count: wanted.length }])
  })

  test('is part of a transaction, in which rights are as they are outside', async () => {
    await using world = await actingWorld()
    const { id } = await world.make()
    const transaction = unwrap(await world.backend.beginTransaction())
    const writer = world.as('writer')
    const made = await writer.create({
      orgId: 'acme',
      name: 'In it',
      slug: 'in-it',
      type: 'file',
      sourceCode: 'x',
    })
    assert.equal((await writer.read(made.id)).name, 'In it')
    assert.equal(await failure(world.as('stranger').read(made.id)), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(world.as('stranger').read(id)), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(writer.delete(id)), 'ForbiddenError FORBIDDEN')
    unwrap(await transaction.rollback())
    assert.equal(await failure(writer.read(made.id)), 'NotFoundError NOT_FOUND')
    assert.equal((await writer.read(id)).id, id)
  })

  test('hears of what they may read', async () => {
    await using world = await actingWorld()
    const hidden = await world.make({ visibility: 'private' })
    const shown = await world.make()
    const heard: RegistryEvent[] = []
    const signal = new AbortController()
    for await (const event of world.as('reader').events({ signal: signal.signal })) {
      heard.push(event)
      if ('artifactId' in event && event.artifactId === shown.id) break
    }
    assert.ok(heard.length > 0)
    assert.ok(heard.every((event) => 'artifactId' in event && event.artifactId === shown.id))
    const all: string[] = []
    for await (const event of world.registry.events()) {
      if ('artifactId' in event) all.push(event.artifactId)
      if (all.at(-1) === shown.id) break
    }
    assert.ok(all.includes(hidden.id))
  })

  test('walks past what they may not read', async () => {
    await using world = await actingWorld()
    const usual = { orgId: 'acme', type: 'module', published: true, version: '1.0.0' }
    const base = await world.registry.create({
      ...usual,
      name: 'base',
      sourceCode: '',
      visibility: 'private',
    })
    const user = await world.registry.create({
      ...usual,
      name: 'user',
      sourceCode: "import 'module:acme/base@^1'\n",
    })
    const found = async (registry: RegistryManager): Promise<unknown> =>
      (await registry.dependencies(user.id)).steps.map(({ name, artifact }) => [name, artifact])
    assert.deepEqual(await found(world.as('admin')), [['module:acme/base', base.id]])
    // What it needs is in its source; that it is here is not.
    assert.deepEqual(await found(world.as('reader')), [['module:acme/base', undefined]])
    assert.equal(await failure(world.as('reader').dependents(base.id)), 'NotFoundError NOT_FOUND')

    const hidden = await world.registry.create({
      ...usual,
      name: 'hidden',
      sourceCode: "import 'module:acme/user@^1'\n",
      visibility: 'private',
    })
    const up = async (registry: RegistryManager): Promise<unknown> =>
      (await registry.dependents(user.id)).steps.map(({ artifact }) => artifact)
    assert.deepEqual(await up(world.as('admin')), [hidden.id])
    assert.deepEqual(await up(world.as('reader')), [])
  })

  test('for the operator does what one without anybody does', async () => {
    await using world = await actingWorld()
    const system = world.registry.as({ kind: 'system', name: 'import' })
    const made = await system.create({ orgId: 'acme', name: 'Kept', type: 'file', sourceCode: 'x' })
    assert.equal(made.ownerId, '')
    assert.equal(await system.star(made.id, 'reader'), 1)
    await system.collections.create({ name: 'Theirs', ownerId: 'user:reader' })
    await system.purge(made.id)
    assert.equal(await world.registry.count(), 0)
  })

  test('makes what a grant names, and without a name only where it may make all', async () => {
    await using world = await actingWorld()
    const scopes = [{ namespace: 'acme', kind: 'image', name: 'mine-*', permissions: [...permissions] }]
    const principal: Principal = { kind: 'user', name: 'owner', via: { kind: 'key', id: 'k', scopes } }
    const registry = world.registry.as(principal)
    const file = { orgId: 'acme', type: 'file', sourceCode: 'x' }
    assert.equal(await failure(registry.create({ ...file, name: 'Mine 1' })), 'ForbiddenError FORBIDDEN')
    assert.equal(
      await failure(registry.create({ ...file, name: 'x', slug: 'other' })),
      'ForbiddenError FORBIDDEN',
    )
    const { id } = await registry.create({ ...file, name: 'x', slug: 'mine-1' })
    assert.equal((await registry.read(id)).slug, 'mine-1')
    const { id: other } = await world.make()
    assert.equal(await failure(registry.read(other)), 'NotFoundError NOT_FOUND')
    assert.equal(await registry.count(), 1)
  })

  test('takes nothing for anybody that is none', async () => {
    await using world = await actingWorld()
    const wrong: readonly [unknown, string][] = [
      [{ kind: 'king', name: 'ada' }, 'principal.kind'],
      [{ kind: 'user' }, 'principal.name'],
      [{ kind: 'user', name: '' }, 'principal.name'],
      [{ kind: 'robot', namespace: 'a/b', name: 'ci' }, 'principal.namespace'],
      [
        { kind: 'user', name: 'ada', via: { kind: 'key', id: 'k', scopes: [{}] } },
        'principal.via.scopes[0].namespace',
      ],
    ]
    for (const [given, field] of wrong)
      assert.throws(() => world.registry.as(given as Principal), { code: 'VALIDATION', field })
  })

  test('is refused on the record', async () => {
    await using world = await actingWorld()
    const { id } = await world.make()
    await failure(world.as('reader').delete(id))
    await failure(world.as('stranger').read(id))
    await failure(world.as('stranger').read('00000000-0000-7000-8000-000000000000'))
    const written = async (): Promise<readonly string[]> => {
      const { rows } = await world.store.find(auditEntries, {
        index: 'byActor',
        eq: ['user:reader'],
        limit: 10,
      })
      const others = await world.store.find(auditEntries, {
        index: 'byActor',
        eq: ['user:stranger'],
        limit: 10,
      })
      return [...rows, ...others.rows].map(({ action, outcome, code, target, namespace }) =>
        [action, outcome, code, target, namespace].join(' '),
      )
    }
    await until(async () => (await written()).length === 2)
    assert.deepEqual(await written(), [
      `library.delete refused denied ${id} acme`,
      `library.read refused artifact-unknown ${id} acme`,
    ])
  })
})

describe('collections for somebody', () => {
  test('belong to who has made them, and have what one may read', async () => {
    await using world = await actingWorld()
    const [shown, hidden] = [await world.make(), await world.make({ visibility: 'private' })]
    const admin = world.as('admin').collections
    const reader = world.as('reader').collections
    const open = await admin.create({ name: 'Open', artifacts: [hidden.id, shown.id] })
    const own = await admin.create({ name: 'Own', visibility: 'private' })
    assert.equal(open.ownerId, 'user:admin')
    assert.deepEqual((await reader.read(open.id)).artifacts, [shown.id])
    assert.equal(await failure(reader.read(own.id)), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(reader.update(own.id, { name: 'x' })), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(reader.delete(open.id)), 'ForbiddenError FORBIDDEN')
    assert.equal(
      await failure(reader.create({ name: 'x', ownerId: 'user:admin' })),
      'ForbiddenError FORBIDDEN',
    )
    assert.equal(
      await failure(world.as('anonymous').collections.create({ name: 'x' })),
      'ForbiddenError FORBIDDEN',
    )
    const names = async (of: typeof reader): Promise<string[]> =>
      (await of.list('user:admin')).items.map(({ name }) => name)
    assert.deepEqual([await names(reader), await names(admin)], [['Open'], ['Open', 'Own']])

    const mine = await reader.create({ name: 'Mine', artifacts: [shown.id] })
    assert.equal(await failure(reader.addArtifact(mine.id, hidden.id)), 'NotFoundError NOT_FOUND')
    assert.equal(await failure(reader.update(mine.id, { artifacts: [hidden.id] })), 'NotFoundError NOT_FOUND')
    const other = await world.make()
    assert.deepEqual((await reader.addArtifact(mine.id, other.id, 0)).artifacts, [other.id, shown.id])
    assert.deepEqual((await reader.moveArtifact(mine.id, other.id, 1)).artifacts, [shown.id, other.id])
    assert.deepEqual((await reader.removeArtifact(mine.id, other.id)).artifacts, [shown.id])
    for (const theirs of [reader, world.as('writer').collections]) {
      assert.equal(await failure(theirs.addArtifact(open.id, other.id)), 'ForbiddenError FORBIDDEN')
      assert.equal(await failure(theirs.moveArtifact(open.id, shown.id, 0)), 'ForbiddenError FORBIDDEN')
      assert.equal(await failure(theirs.removeArtifact(open.id, shown.id)), 'ForbiddenError FORBIDDEN')
    }
    assert.deepEqual((await admin.read(open.id)).artifacts, [hidden.id, shown.id])
    await reader.delete(mine.id)
    assert.equal(await failure(reader.read(mine.id)), 'NotFoundError NOT_FOUND')
  })
})

describe('RBAC', () => {
  test('knows roles that are built in, and those of the registry', async () => {
    await using world = await actingWorld()
    const rbac = new RBAC(world.backend)
    assert.deepEqual(
      [
        await rbac.hasPermission('admin', 'users:manage'),
        await rbac.hasPermission('viewer', 'artifacts:update'),
        await rbac.hasPermission('tagger', 'tags:delete'),
        await rbac.hasPermission('tagger', 'artifacts:read'),
        await rbac.hasPermission('constructor', 'artifacts:read'),
      ],
      [true, false, true, false, false],
    )
    assert.equal(
      await failure(rbac.hasPermission('admin', 'fly' as never)),
      'ValidationError VALIDATION permission',
    )
  })

  test('says who may do what with an artifact, and nothing of who and what is not there', async () => {
    await using world = await actingWorld()
    const { id } = await world.make()
    const rbac = new RBAC(world.backend)
    const asked = async (user: string, artifact = id): Promise<boolean[]> => [
      await rbac.checkAccess(user, artifact, 'artifacts:read'),
      await rbac.checkAccess(user, artifact, 'artifacts:update'),
      await rbac.checkAccess(user, artifact, 'artifacts:delete'),
    ]
    assert.deepEqual(await asked('reader'), [true, false, false])
    assert.deepEqual(await asked('writer'), [true, true, false])
    assert.deepEqual(await asked('owner'), [true, true, true])
    assert.deepEqual(await asked('administrator'), [true, true, true])
    for (const [user, artifact] of [
      ['stranger', id],
      ['nobody', id],
      ['gone', id],
      ['', id],
      ['owner', 'nothing'],
      ['owner', ''],
      ['o\0', '\ud800'],
    ] as const)
      assert.deepEqual(await asked(user, artifact), [false, false, false], user)
  })
})
