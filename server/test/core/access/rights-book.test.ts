import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cryptoRandom } from '../../../src/adapters/random/crypto/crypto-random.ts'
import { openMemoryStore } from '../../../src/adapters/store/memory/memory-store.ts'
import { schema } from '../../../src/boot/schema.ts'
import { Access } from '../../../src/core/access/access.ts'
import { RightsBook } from '../../../src/core/access/rights-book.ts'
import { grants, members, namespaceRules, roles, teamMembers } from '../../../src/core/access/tables.ts'
import { Generations, withGenerations } from '../../../src/core/cache/generations.ts'
import { parseRepositoryName } from '../../../src/domain/repository-name.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert, put, remove } from '../../../src/ports/store/change.ts'
import type { BatchId, Change, Store } from '../../../src/ports/store/store.ts'

const ada = { kind: 'user', name: 'ada' } as const
const app = { namespace: 'acme', kind: 'image', name: 'app' }
const rule = {
  namespace: 'acme',
  owner: 'organisation:acme',
  visibility: 'private',
  allowPublicPublish: false,
  settings: '{}',
  createdAt: 0,
}
const grant = { id: 'g', to: 'user:ada', role: 'own', namespace: 'acme', kind: '*', name: '*', by: '', at: 0 }

function revOf(row: { readonly rev: BatchId } | undefined): BatchId {
  assert.ok(row !== undefined)
  return row.rev
}

interface World {
  readonly book: RightsBook
  readonly store: Store
  readonly generations: Generations
  readonly finds: () => number
  commit(...changes: readonly Change[]): Promise<void>
}

async function open(): Promise<World> {
  const generations = new Generations()
  const inner = withGenerations(await openMemoryStore(schema, { now: Date.now }), generations)
  let finds = 0
  const store: Store = {
    ...inner,
    find: async (table, query) => {
      finds++
      return await inner.find(table, query)
    },
  }
  return {
    book: new RightsBook(store, generations),
    store,
    generations,
    finds: () => finds,
    commit: async (...changes) => {
      const id = newBatchId(Date.now(), (length) => cryptoRandom.bytes(length))
      assert.equal((await store.commit(id, changes)).ok, true)
    },
  }
}

test('rights are read once, and again after each change of what they are made of', async () => {
  const { book, store, finds, commit } = await open()
  const may = async (permission: 'artifacts:read' | 'artifacts:delete' | 'tags:move'): Promise<boolean> =>
    (await book.current()).decide(ada, permission, app).allowed
  assert.equal(await may('artifacts:read'), false)
  const read = finds()
  assert.equal(await may('artifacts:read'), false)
  assert.equal(finds(), read, 'nothing has changed, and it was read again')
  assert.ok(book.known !== undefined)

  await commit(insert(namespaceRules, { ...rule, visibility: 'public' }))
  assert.equal(book.known, undefined)
  assert.equal(await may('artifacts:read'), true)
  const kept = await store.get(namespaceRules, ['acme'])
  await commit(put(namespaceRules, rule, revOf(kept)))
  assert.equal(await may('artifacts:read'), false)

  await commit(insert(members, { organisation: 'acme', user: 'ada', membership: 'read', at: 0 }))
  assert.equal(await may('artifacts:read'), true)
  const member = await store.get(members, ['acme', 'ada'])
  await commit(remove(members, ['acme', 'ada'], { rev: revOf(member) }))
  assert.equal(await may('artifacts:read'), false)

  await commit(insert(grants, grant))
  assert.equal(await may('tags:move'), false, 'there is no such role yet')
  await commit(insert(roles, { name: 'own', about: '', permissions: 'tags:move from:tomorrow' }))
  assert.equal(await may('tags:move'), true)
  await commit(
    insert(grants, { ...grant, id: 'h', to: 'team:acme/release', role: 'admin' }),
    insert(teamMembers, { organisation: 'acme', team: 'release', user: 'ada', at: 0 }),
  )
  assert.equal(await may('artifacts:delete'), true)
})

test('a change of one table has that one read again, and no other', async () => {
  const { book, finds, commit } = await open()
  await commit(insert(namespaceRules, rule), insert(grants, { ...grant, role: 'editor' }))
  const first = await book.current()
  assert.equal(first.decide(ada, 'artifacts:update', app).allowed, true)
  const before = finds()
  await commit(insert(grants, { ...grant, id: 'h', role: 'releaser' }))
  const rights = await book.current()
  assert.equal(finds(), before + 1)
  assert.equal(rights.decide(ada, 'artifacts:publish', app).allowed, true)
  assert.equal(rights.decide(ada, 'artifacts:update', app).allowed, true)
  assert.equal(rights.ruleOf('acme')?.visibility, 'private')
})

test('whoever asks after a change is answered by it, however many ask while it is read', async () => {
  const { book, store, commit } = await open()
  await commit(insert(namespaceRules, { ...rule, visibility: 'public' }))
  let visibility = 'public'
  for (let round = 0; round < 200; round++) {
    const early = Array.from({ length: 4 }, async () => await book.current())
    visibility = visibility === 'public' ? 'private' : 'public'
    const kept = await store.get(namespaceRules, ['acme'])
    await commit(put(namespaceRules, { ...rule, visibility }, revOf(kept)))
    const late = await Promise.all(Array.from({ length: 4 }, async () => await book.current()))
    for (const rights of late)
      assert.equal(rights.decide(ada, 'artifacts:read', app).allowed, visibility === 'public')
    await Promise.all(early)
  }
})

test('what was read last is at hand, also where nothing may be kept', async () => {
  const { store, commit } = await open()
  let isCurrent = true
  const generations = { tableBucket: () => 0, at: () => 0, isCurrent: () => isCurrent }
  const book = new RightsBook(store, generations)
  const visibility = (): string | undefined => book.latest?.ruleOf('acme')?.visibility
  assert.equal(book.latest, undefined)
  await commit(insert(namespaceRules, { ...rule, visibility: 'public' }))
  await book.current()
  assert.equal(visibility(), 'public')
  // As where other processes are not heard.
  isCurrent = false
  await commit(put(namespaceRules, rule, revOf(await store.get(namespaceRules, ['acme']))))
  assert.equal(book.known, undefined)
  await book.current()
  assert.equal(visibility(), rule.visibility)
})

test('where other processes are not heard it is read once for each who asks, as where they are', async () => {
  const { store, finds } = await open()
  const readBy = async (isCurrent: boolean): Promise<number> => {
    const before = finds()
    await new RightsBook(store, { tableBucket: () => 0, at: () => 0, isCurrent: () => isCurrent }).current()
    return finds() - before
  }
  assert.equal(await readBy(false), await readBy(true))
})

test('whoever was let on while rights change is judged by those of when they came, not by older ones', async () => {
  const { book, store, generations, commit } = await open()
  const nobody = { signIn: async () => undefined, firstStep: async () => undefined }
  const access = new Access(nobody, book)
  const mayRead = (): boolean =>
    access.may({ kind: 'anonymous' }, 'artifacts:read', parseRepositoryName('acme/app'))
  const other = generations.tableBucket(grants.name)
  /** As when somebody else changes a right that has nothing to do with it. */
  const meanwhile = (judge: () => boolean): boolean => {
    generations.begin(other)
    try {
      assert.equal(book.known, undefined)
      return judge()
    } finally {
      generations.end(other)
    }
  }
  await commit(insert(namespaceRules, { ...rule, visibility: 'public' }))
  // Whoever changes rights reads them too, and so nobody has to wait for them.
  await book.current()
  assert.equal(access.ready(), undefined)
  assert.equal(meanwhile(mayRead), true)

  await access.ready()
  assert.equal(mayRead(), true)
  await commit(put(namespaceRules, rule, revOf(await store.get(namespaceRules, ['acme']))))
  await book.current()
  assert.equal(access.ready(), undefined)
  assert.equal(mayRead(), false)
  assert.equal(meanwhile(mayRead), false)
})

test('what a later release has written of rights is told, and gives nobody anything', async () => {
  const { book, commit } = await open()
  await commit(insert(namespaceRules, { ...rule, visibility: 'friends' }))
  await assert.rejects(book.current(), /"friends", which this release does not know/)
})
