import assert from 'node:assert/strict'
import type { Backend, FindOptions } from '../backend-types.ts'
import { atOnce, type BackendCase, done, made, named, refused } from './harness.ts'

const sort = { field: 'name', order: 'asc' } as const

/** Names of all pages. */
async function walked(
  backend: Backend,
  limit: number,
  options: FindOptions,
  between?: () => Promise<void>,
): Promise<string[]> {
  const names: string[] = []
  let next: string | undefined
  do {
    const pagination = next === undefined ? { limit } : { after: next, limit }
    const page = done(await backend.find({ ...options, pagination }))
    assert.ok(page.items.length <= limit)
    assert.ok(page.next === undefined || page.items.length === limit, 'a page that is not the last is full')
    names.push(...page.items.map(({ metadata }) => metadata.name))
    next = page.next
    await between?.()
  } while (next !== undefined)
  return names
}

const numbered = (n: number): string => `n${String(n).padStart(3, '0')}`

export const paging: readonly BackendCase[] = [
  {
    name: 'pages of every size tile the whole, by cursor and by number',
    check: async ({ backend }) => {
      const names = Array.from({ length: 13 }, (_, n) => numbered(n))
      for (const name of names.toReversed())
        await made(backend, named(name, { metadata: { tags: ['a', ...(name < 'n007' ? ['b'] : [])] } }))
      for (const filter of [{}, { tags: ['a', 'b'] }, { type: ['skill', 'team'] }]) {
        for (const limit of [1, 2, 5, 12, 13, 14]) {
          assert.deepEqual(await walked(backend, limit, { sort, filter }), names)
          const byNumber: string[] = []
          for (let offset = 0; offset < names.length; offset += limit) {
            const page = done(await backend.find({ sort, filter, pagination: { offset, limit } }))
            byNumber.push(...page.items.map(({ metadata }) => metadata.name))
          }
          assert.deepEqual(byNumber, names)
        }
        const beyond = done(await backend.find({ sort, filter, pagination: { offset: 13 } }))
        assert.deepEqual(beyond, { items: [] })
      }
    },
  },
  {
    name: 'many of one value are each passed once, forwards and backwards',
    check: async ({ backend }) => {
      const made25 = await atOnce(25, (n) => made(backend, named('Same', { source: `${n}` })))
      const ids = made25.map(({ id }) => id).sort()
      for (const order of ['asc', 'desc'] as const) {
        const found: string[] = []
        let after: string | undefined
        do {
          const pagination = after === undefined ? { limit: 4 } : { limit: 4, after }
          const page = done(await backend.find({ sort: { field: 'stars', order }, pagination }))
          found.push(...page.items.map(({ id }) => id))
          after = page.next
        } while (after !== undefined)
        assert.deepEqual(found, order === 'asc' ? ids : ids.toReversed())
      }
    },
  },
  {
    name: 'while others write, who pages by cursor passes each that stays once and in order, the last row of a page gone too',
    check: async ({ backend }) => {
      const stays = Array.from({ length: 12 }, (_, n) => numbered(10 * n))
      for (const name of stays) await made(backend, named(name))
      let round = 0
      const passing: string[] = []
      const disturb = async (): Promise<void> => {
        const before = await made(backend, named(numbered(1 + 10 * round), { metadata: { author: 'x' } }))
        const after = await made(backend, named(numbered(9 + 10 * round), { metadata: { author: 'x' } }))
        passing.push(before.metadata.name, after.metadata.name)
        done(await backend.delete(before.id))
        round += 1
      }
      const names = await walked(backend, 2, { sort }, disturb)
      assert.deepEqual(names, names.toSorted())
      assert.equal(new Set(names).size, names.length)
      assert.deepEqual(
        names.filter((name) => !passing.includes(name)),
        stays,
      )
    },
  },
  {
    name: 'a page goes on though the artifact that it ended with was purged',
    check: async ({ backend }) => {
      for (let n = 0; n < 4; n++) await made(backend, named(numbered(n)))
      const first = done(await backend.find({ sort, pagination: { limit: 2 } }))
      for (const { id } of first.items) done(await backend.purge(id))
      const rest = done(await backend.find({ sort, pagination: { limit: 2, after: first.next ?? '' } }))
      assert.deepEqual(
        rest.items.map(({ metadata }) => metadata.name),
        ['n002', 'n003'],
      )
    },
  },
  {
    name: 'a cursor is good for another connection',
    durable: true,
    check: async ({ backend, reopen }) => {
      for (let n = 0; n < 3; n++) await made(backend, named(numbered(n)))
      const { next = '' } = done(await backend.find({ sort, pagination: { limit: 2 } }))
      const again = await reopen()
      const rest = done(await again.find({ sort, pagination: { limit: 2, after: next } }))
      assert.deepEqual(
        rest.items.map(({ metadata }) => metadata.name),
        ['n002'],
      )
    },
  },
  {
    name: 'a cursor of another order, and what is none, is VALIDATION',
    check: async ({ backend }) => {
      for (let n = 0; n < 3; n++) await made(backend, named(numbered(n)))
      const { next = '' } = done(await backend.find({ sort, pagination: { limit: 2 } }))
      const others = [
        { sort: { field: 'name', order: 'desc' }, pagination: { after: next } },
        { sort: { field: 'stars' }, pagination: { after: next } },
        { sort, pagination: { after: '' } },
        { sort, pagination: { after: 'x' } },
        { sort, pagination: { after: `${next}x`.slice(3) } },
        { sort, pagination: { after: Buffer.from('["name",false,1,"x"]').toString('base64url') } },
        { sort, pagination: { after: 'A'.repeat(100_000) } },
        { sort, pagination: { after: 7 } },
        { sort, pagination: { after: '\0' } },
      ]
      for (const options of others)
        refused(await backend.find(options as FindOptions), 'VALIDATION', 'pagination.after')
    },
  },
  {
    name: 'a page is no longer than the limit, and begins at a number',
    limits: { pageSize: 10 },
    check: async ({ backend }) => {
      for (let n = 0; n < 11; n++) await made(backend, named(numbered(n)))
      assert.equal(done(await backend.find()).items.length, 10)
      assert.equal(done(await backend.find({ pagination: { limit: 10 } })).items.length, 10)
      for (const limit of [0, 11, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null]) {
        const pagination = { limit } as FindOptions['pagination']
        assert.match(
          refused(await backend.find({ pagination } as FindOptions), 'VALIDATION', 'pagination.limit'),
          /10/,
        )
      }
      for (const offset of [-1, 0.5, '1', 2 ** 60, null]) {
        const pagination = { offset } as FindOptions['pagination']
        refused(await backend.find({ pagination } as FindOptions), 'VALIDATION', 'pagination.offset')
      }
    },
  },
]
