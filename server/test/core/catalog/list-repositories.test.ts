import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listRepositories } from '../../../src/core/catalog/list-repositories.ts'
import { repositories } from '../../../src/core/content/tables.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { insert } from '../../../src/ports/store/change.ts'
import type { Find } from '../../../src/ports/store/store.ts'
import { overStore } from '../../kit/over-store.ts'
import { testCore } from '../kit.ts'

const total = 40
const nameAt = (at: number): string => `acme/app-${String(at).padStart(3, '0')}`

async function filled(pageSize: number) {
  const asked: number[] = []
  const core = await testCore({
    limits: { pageSize },
    wrap: (store) =>
      overStore(store, {
        find: async (table, query: Find) => {
          if (table.name === repositories.name) asked.push(query.limit)
          return await store.find(table, query)
        },
      }),
  })
  const rows = Array.from({ length: total }, (_, at) => ({
    id: `id-${at}`,
    name: nameAt(at),
    namespace: 'acme',
    createdAt: 1,
    live: true,
  }))
  const outcome = await core.store.commit(
    newBatchId(core.clock.now(), (size) => core.core.random.bytes(size)),
    rows.map((row) => insert(repositories, row)),
  )
  assert.equal(outcome.ok, true)
  asked.length = 0
  return { core, asked }
}

test('a page of repositories reads one row more than it has', async () => {
  const { core, asked } = await filled(30)
  await using _ = core
  const page = await listRepositories(core.core, () => true, { last: nameAt(4), limit: 5 })
  assert.deepEqual(page, { names: [5, 6, 7, 8, 9].map(nameAt), more: true })
  assert.deepEqual(asked, [6])
})

test('where many repositories are hidden, what is read grows to whole pages', async () => {
  const { core, asked } = await filled(30)
  await using _ = core
  const seen = (name: string): boolean => name === nameAt(2) || name >= nameAt(38)
  const page = await listRepositories(core.core, seen, { limit: 5 })
  assert.deepEqual(page, { names: [2, 38, 39].map(nameAt), more: false })
  assert.deepEqual(asked, [6, 30, 30])
})
