import assert from 'node:assert/strict'
import { type IndexChange, searchBounds } from '../search.ts'
import {
  answersWithinMs,
  asked,
  build,
  documentOf,
  firstMark,
  phrase,
  type SearchCase,
  word,
} from './harness.ts'

const signal = (): AbortSignal => AbortSignal.timeout(answersWithinMs)
const used = (id: string, version: number, downloads: number, weight: number) =>
  ({
    do: 'count',
    ...{ id, version, weight, numbers: { downloads, stars: 2, createdAt: 3, updatedAt: 4 } },
  }) as const

const put = (id: string, version: number, name: string) =>
  ({
    do: 'put',
    document: documentOf(id, { version, words: { name }, beginnings: [name], facets: { topic: [name] } }),
  }) as const

export const following: readonly SearchCase[] = [
  {
    name: 'an index that was never built has no mark, finds nothing and cannot be changed',
    check: async ({ engine, ask }) => {
      assert.equal(await engine.mark(), undefined)
      assert.equal((await ask()).total, 0)
      assert.equal(await engine.apply([put('a', 1, 'one')], firstMark, 'mark 2'), 'moved')
      assert.equal((await ask()).total, 0)
      assert.equal(await engine.mark(), undefined)
      assert.deepEqual(await engine.list(undefined, 10), [])
    },
  },
  {
    name: 'what is put and removed is found and gone at once, with all that was said of it',
    check: async ({ engine, built, ask }) => {
      await built([documentOf('a', { words: { name: 'one' }, facets: { topic: ['one'] } }), documentOf('b')])
      assert.equal(await engine.mark(), firstMark)
      const changes = [
        put('a', 2, 'two'),
        put('c', 1, 'three'),
        { do: 'remove', id: 'b', version: 2 } as const,
      ]
      assert.equal(await engine.apply(changes, firstMark, 'mark 2'), 'applied')
      assert.equal(await engine.mark(), 'mark 2')
      assert.deepEqual((await ask({ clauses: [word('one')] })).hits, [])
      assert.deepEqual(
        (await ask({ clauses: [word('two')] })).hits.map(({ id }) => id),
        ['a'],
      )
      const { total, facets } = await ask({ facets: ['topic'], sort: 'name' })
      assert.equal(total, 2)
      assert.deepEqual(facets.topic, [
        { label: 'three', count: 1 },
        { label: 'two', count: 1 },
      ])
      assert.deepEqual(await engine.list(undefined, 10), [
        { id: 'a', version: 2 },
        { id: 'c', version: 1 },
      ])
      assert.deepEqual(await engine.list('a', 1), [{ id: 'c', version: 1 }])
      assert.deepEqual(
        await engine.complete({ text: 'o', sight: [{}], limit: 9 }, AbortSignal.timeout(9_000)),
        [],
      )
    },
  },
  {
    name: 'what is older than what the index has changes nothing; the same version again is as well as new',
    check: async ({ engine, built, found }) => {
      await built([documentOf('a', { words: { name: 'new' }, version: 5 })])
      assert.equal(await engine.apply([put('a', 4, 'old')], firstMark, 'mark 2'), 'applied')
      assert.deepEqual(await found({ clauses: [word('new')] }), ['a'])
      assert.equal(await engine.apply([{ do: 'remove', id: 'a', version: 4 }], 'mark 2', 'mark 3'), 'applied')
      assert.deepEqual(await found({ clauses: [word('new')] }), ['a'])
      assert.equal(await engine.apply([put('a', 5, 'same')], 'mark 3', 'mark 4'), 'applied')
      assert.deepEqual(await found({ clauses: [word('same')] }), ['a'])
      assert.deepEqual(await found({ clauses: [word('new')] }), [])
      assert.equal(await engine.apply([{ do: 'remove', id: 'a', version: 5 }], 'mark 4', 'mark 5'), 'applied')
      assert.deepEqual(await found(), [])
      assert.equal(
        await engine.apply([{ do: 'remove', id: 'none', version: 1 }], 'mark 5', 'mark 6'),
        'applied',
      )
      assert.equal(await engine.apply([put('a', 6, 'again')], 'mark 6', 'mark 7'), 'applied')
      assert.deepEqual(await found(), ['a'])
    },
  },
  {
    name: 'what is older than its removal does not come back, by whoever comes late, and what is newer does',
    check: async ({ engine, built, found }) => {
      await built([documentOf('a', { words: { name: 'old' }, version: 4 }), documentOf('b')])
      const gone = (id: string, version: number) => ({ do: 'remove', id, version }) as const
      const apply = async (...changes: readonly IndexChange[]): Promise<void> =>
        assert.equal(await engine.apply(changes, firstMark, firstMark), 'applied')
      await apply(gone('a', 5), gone('never', 7))
      await apply(put('a', 4, 'old'), put('never', 6, 'old'))
      assert.deepEqual(await found(), ['b'])
      // Neither does it by a removal that is older still.
      await apply(gone('a', 3))
      await apply(put('a', 4, 'old'))
      assert.deepEqual(await engine.list(undefined, 9), [{ id: 'b', version: 1 }])
      await apply(put('a', 6, 'new'))
      await apply(put('a', 5, 'old'))
      assert.deepEqual(await found({ clauses: [word('new')] }), ['a'])
      await apply(gone('a', 8))
      await apply(put('a', 7, 'old'), put('b', 2, 'new'))
      assert.deepEqual(await found(), ['b'])
    },
  },
  {
    name: 'uses alone change the numbers and the weight of a document of that very version, and all else stays as it is',
    check: async ({ engine, built, ask, found }) => {
      const said = { words: { name: 'one' }, names: ['one'], facets: { topic: ['t'] }, version: 5 }
      await built([
        documentOf('a', { ...said, beginnings: ['one'], weight: 1 }),
        documentOf('b', { ...said, beginnings: ['on'], weight: 2 }),
      ])
      const complete = async (): Promise<readonly string[]> =>
        await engine.complete({ text: 'o', sight: [{}], limit: 9 }, signal())
      assert.deepEqual(await complete(), ['b', 'a'])
      assert.equal(await engine.apply([used('a', 5, 70, 3)], firstMark, 'mark 2'), 'applied')
      assert.deepEqual(await complete(), ['a', 'b'])
      const values = async (sort: 'downloads' | 'stars' | 'createdAt' | 'updatedAt'): Promise<unknown> =>
        (await ask({ sort, filter: { facets: [], ranges: [{ number: 'downloads', from: 1 }] } })).hits.map(
          ({ id, value }) => [id, value],
        )
      assert.deepEqual(await values('downloads'), [['a', 70]])
      assert.deepEqual(await values('stars'), [['a', 2]])
      assert.deepEqual(await values('createdAt'), [['a', 3]])
      assert.deepEqual(await values('updatedAt'), [['a', 4]])
      const { hits, total, facets } = await ask({ clauses: [word('one')], names: ['one'], facets: ['topic'] })
      assert.deepEqual(
        hits.map(({ id, isNamed }) => [id, isNamed]),
        [
          ['a', true],
          ['b', true],
        ],
      )
      assert.deepEqual([total, facets.topic], [2, [{ label: 't', count: 2 }]])
      assert.deepEqual(await engine.list(undefined, 9), [
        { id: 'a', version: 5 },
        { id: 'b', version: 5 },
      ])
      assert.deepEqual(await found({ clauses: [phrase('one')], sight: [{ owners: ['ada'] }] }), ['a', 'b'])
    },
  },
  {
    name: 'uses of a document that the index has in another version, or has not, change nothing, nor hold up what is newer',
    check: async ({ engine, built, ask, found }) => {
      await built([documentOf('a', { words: { name: 'one' }, version: 5 }), documentOf('b', { version: 5 })])
      const counts = async (): Promise<unknown> =>
        (await ask({ sort: 'downloads' })).hits.map(({ id, value }) => [id, value])
      const others = [used('a', 4, 40, 4), used('a', 6, 60, 6), used('none', 5, 50, 5)]
      assert.equal(await engine.apply(others, firstMark, 'mark 2'), 'applied')
      const untouched = [
        ['a', 0],
        ['b', 0],
      ]
      assert.deepEqual(await counts(), untouched)
      const gone = { do: 'remove', id: 'b', version: 6 } as const
      assert.equal(await engine.apply([used('a', 5, 70, 7), gone], 'mark 2', 'mark 3'), 'applied')
      assert.equal(
        await engine.apply([used('b', 5, 1, 1), used('b', 6, 1, 1)], 'mark 3', 'mark 4'),
        'applied',
      )
      assert.deepEqual(await counts(), [['a', 70]])
      assert.equal(await engine.apply([put('a', 4, 'old')], 'mark 4', 'mark 5'), 'applied')
      assert.deepEqual(await found({ clauses: [word('one')] }), ['a'])
      assert.equal(await engine.apply([put('a', 5, 'same')], 'mark 5', 'mark 6'), 'applied')
      assert.deepEqual([await found({ clauses: [word('same')] }), await counts()], [['a'], [['a', 0]]])
      assert.equal(await engine.apply([used('a', 5, 1, 1), put('c', 1, 'c')], 'mark 0', 'mark 7'), 'moved')
      assert.equal(await engine.apply([used('a', 5, 9, 1), put('c', 1, 'c')], 'mark 6', 'mark 7'), 'applied')
      assert.deepEqual(await counts(), [
        ['c', 0],
        ['a', 9],
      ])
    },
  },
  {
    name: 'who does not know the mark is told so, and does not move it',
    check: async ({ engine, built }) => {
      await built([documentOf('a')])
      assert.equal(await engine.apply([], firstMark, 'mark 2'), 'applied')
      assert.equal(await engine.apply([put('b', 1, 'b')], firstMark, 'mark 3'), 'moved')
      assert.equal(await engine.mark(), 'mark 2')
      const both = await Promise.all(
        ['mark 3', 'mark 4'].map((to) => engine.apply([put(to, 1, 'x')], 'mark 2', to)),
      )
      assert.deepEqual(both.toSorted(), ['applied', 'moved'])
    },
  },
  {
    name: 'as much as one change may hold goes in at once, and texts of any length',
    check: async ({ engine, built, ask }) => {
      await built([])
      const long = Array.from({ length: 5_000 }, (_, at) => `w${at}`).join(' ')
      const changes = Array.from({ length: searchBounds.changes }, (_, at) =>
        put(`d${at}`, 1, at === 7 ? long : `n${at}`),
      )
      assert.equal(await engine.apply(changes, firstMark, 'mark 2'), 'applied')
      assert.equal((await ask()).total, searchBounds.changes)
      assert.deepEqual(
        (await ask({ clauses: [word('w4999')] })).hits.map(({ id, words }) => [id, words?.name]),
        [['d7', long]],
      )
    },
  },
  {
    name: 'it is built anew beside what is there: that answers until the end, and what is given up leaves nothing',
    check: async ({ engine, built, found }) => {
      await built([documentOf('a'), documentOf('b')])
      {
        await using abandoned = await engine.rebuild()
        await abandoned.add([documentOf('x')])
      }
      assert.deepEqual([...(await found())].sort(), ['a', 'b'])
      await using rebuilding = await engine.rebuild()
      await rebuilding.add([documentOf('b', { version: 1 }), documentOf('c')])
      assert.deepEqual([...(await found())].sort(), ['a', 'b'])
      assert.equal(await engine.apply([put('a', 2, 'changed')], firstMark, 'mark 2'), 'applied')
      assert.deepEqual(await found({ clauses: [word('changed')] }), ['a'])
      await rebuilding.finish('mark 9')
      assert.deepEqual([...(await found())].sort(), ['b', 'c'])
      assert.equal(await engine.mark(), 'mark 9')
      assert.equal(await engine.apply([put('b', 2, 'changed')], 'mark 9', 'mark 10'), 'applied')
      assert.deepEqual(await found({ clauses: [word('changed')] }), ['b'])
    },
  },
  {
    name: 'what was applied and built is there again after it was closed and opened',
    needs: 'durable',
    check: async ({ engine, built, reopen }) => {
      await built([documentOf('a', { words: { name: 'one' } }), documentOf('b')])
      await engine.apply([put('c', 1, 'three'), { do: 'remove', id: 'b', version: 1 }], firstMark, 'mark 2')
      await engine.apply([used('a', 1, 9, 1)], 'mark 2', 'mark 3')
      const again = await reopen()
      assert.equal(await again.mark(), 'mark 3')
      const answer = await asked(again, { sort: 'name', facets: ['topic'] })
      assert.deepEqual(
        answer.hits.map(({ id }) => id),
        ['a', 'c'],
      )
      assert.deepEqual(answer.facets.topic, [{ label: 'three', count: 1 }])
      assert.deepEqual(
        (await asked(again, { sort: 'downloads' })).hits.map(({ id, value }) => [id, value]),
        [
          ['c', 0],
          ['a', 9],
        ],
      )
      assert.equal(await again.apply([put('a', 2, 'new')], 'mark 3', 'mark 4'), 'applied')
      assert.equal((await asked(again, { clauses: [word('new')] })).total, 1)
    },
  },
  {
    name: 'another process sees what one has applied, and what it has built; of two that go on from one mark one does',
    needs: 'shared',
    check: async ({ engine, built, other }) => {
      await built([documentOf('a')])
      const second = await other()
      assert.equal(await second.mark(), firstMark)
      const both = await Promise.all([
        engine.apply([put('b', 1, 'b')], firstMark, 'mark 2'),
        second.apply([put('c', 1, 'c')], firstMark, 'mark 3'),
      ])
      assert.deepEqual(both.toSorted(), ['applied', 'moved'])
      const mark = await second.mark()
      assert.equal(mark, await engine.mark())
      await second.apply([put('d', 1, 'here')], mark ?? '', 'mark 4')
      assert.equal((await asked(engine, { clauses: [word('here')] })).total, 1)
      await build(second, [documentOf('z')], 'mark 5')
      assert.deepEqual(
        (await asked(engine)).hits.map(({ id }) => id),
        ['z'],
      )
      assert.equal(await engine.mark(), 'mark 5')
    },
  },
  {
    name: 'queries that are given up end, and after it was closed everything says so',
    check: async ({ engine, built, ask }) => {
      await built([documentOf('a')])
      const gone = AbortSignal.abort(new Error('given up'))
      await assert.rejects(async () => await engine.complete({ text: 'a', sight: [{}], limit: 1 }, gone))
      await assert.rejects(
        async () => await engine.similar({ words: [{ word: 'abcde', edits: 1 }], sight: [{}] }, gone),
      )
      assert.equal((await ask()).total, 1)
      await engine.close()
      await engine.close()
      const isClosed = (error: unknown): boolean =>
        error instanceof Error && 'kind' in error && error.kind === 'closed'
      await assert.rejects(async () => await ask(), isClosed)
      await assert.rejects(async () => await engine.mark(), isClosed)
      await assert.rejects(async () => await engine.apply([], firstMark, 'x'), isClosed)
    },
  },
]
