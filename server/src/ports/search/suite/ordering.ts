import assert from 'node:assert/strict'
import type { SearchSort } from '../../../domain/search.ts'
import { type EngineHit, type SearchDocument, searchBounds } from '../search.ts'
import { documentOf, type SearchCase, type SearchCaseContext, word } from './harness.ts'

const names = ['B', 'a', 'a', 'ä', '\uffee', '\u{1f600}', 'Z', 'b', '', 'b c']
const listed = names.map((nameKey, at) =>
  documentOf(`id ${String(at).padStart(2, '0')}`, {
    nameKey,
    words: { name: 'word' },
    numbers: {
      downloads: at % 3,
      stars: at === 0 ? 2 ** 40 : 1,
      createdAt: 5_000 - at,
      updatedAt: 1_000 * (at >> 1),
    },
  }),
)

async function leafedThrough(
  { ask }: SearchCaseContext,
  sort: SearchSort,
  back: boolean,
  limit: number,
): Promise<readonly EngineHit[]> {
  const all: EngineHit[] = []
  for (;;) {
    const last = all.at(-1)
    const { hits, total } = await ask({
      clauses: [word('word')],
      sort,
      back,
      limit,
      ...(last && { after: { value: last.value, id: last.id } }),
    })
    assert.equal(total, listed.length, 'a page tells of all of them')
    all.push(...hits)
    assert.ok(all.length <= listed.length, 'no hit is told twice')
    if (hits.length < limit) return all
  }
}

export const ordering: readonly SearchCase[] = [
  {
    name: 'every order is by its value and then by id, forwards and backwards, and pages of any length make up the whole',
    check: async (context) => {
      await context.built(listed.toReversed())
      const expected: Record<Exclude<SearchSort, 'relevance'>, readonly number[]> = {
        name: [8, 0, 6, 1, 2, 7, 9, 3, 4, 5],
        downloads: [0, 3, 6, 9, 1, 4, 7, 2, 5, 8],
        stars: [1, 2, 3, 4, 5, 6, 7, 8, 9, 0],
        createdAt: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
        updatedAt: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      }
      for (const [sort, order] of Object.entries(expected) as [SearchSort, readonly number[]][])
        for (const back of [false, true])
          for (const limit of [1, 3, 10]) {
            const hits = await leafedThrough(context, sort, back, limit)
            const wanted = (back ? order.toReversed() : order).map((at) => listed[at]?.id)
            assert.deepEqual(
              hits.map(({ id }) => id),
              wanted,
              `${sort} ${back} ${limit}`,
            )
            assert.ok(hits.every(({ isNamed }) => !isNamed))
          }
    },
  },
  {
    name: 'by relevance who has the name that is asked for comes first, whatever the words say',
    check: async ({ built, ask }) => {
      await built([
        documentOf('a', {
          words: { name: 'left left', title: 'left', description: 'left left left' },
          weight: 1,
        }),
        documentOf('b', { words: { source: 'left' }, names: ['left', 'acme/left'] }),
        documentOf('c', { words: { name: 'left' }, names: ['left pad'] }),
        documentOf('d', { words: { name: 'other' }, names: ['left'] }),
      ])
      const { hits } = await ask({ clauses: [word('left')], names: ['left'] })
      assert.equal(hits[0]?.id, 'b')
      assert.deepEqual(
        hits.map(({ isNamed }) => isNamed),
        [true, false, false],
      )
      const sorted = await ask({ clauses: [word('left')], names: ['left'], sort: 'name' })
      assert.deepEqual(
        sorted.hits.map(({ id }) => id),
        ['a', 'b', 'c'],
      )
    },
  },
  {
    name: 'by relevance the name says more than the title, that more than the description, the topics, the source',
    check: async ({ built, found }) => {
      const filler = 'one two three'
      await built([
        documentOf('e', {
          words: { name: filler, title: filler, description: filler, topics: filler, source: 'word' },
        }),
        documentOf('d', {
          words: { name: filler, title: filler, description: filler, topics: 'word', source: filler },
        }),
        documentOf('c', {
          words: { name: filler, title: filler, description: 'word', topics: filler, source: filler },
        }),
        documentOf('b', {
          words: { name: filler, title: 'word', description: filler, topics: filler, source: filler },
        }),
        documentOf('a', {
          words: { name: 'word', title: filler, description: filler, topics: filler, source: filler },
        }),
        ...Array.from({ length: 20 }, (_, at) => documentOf(`x${at}`, { words: { description: filler } })),
      ])
      assert.deepEqual(await found({ clauses: [word('word')] }), ['a', 'b', 'c', 'd', 'e'])
    },
  },
  {
    name: 'by relevance it counts how rare a clause is, where one of them is enough',
    check: async ({ built, found }) => {
      await built([
        ...Array.from({ length: 60 }, (_, at) => documentOf(`c${at}`, { words: { description: 'common' } })),
        documentOf('r', { words: { description: 'rare' } }),
      ])
      const best = async (common: number, rare: number): Promise<string | undefined> => {
        const clauses = [
          { ...word('common'), rarity: common },
          { ...word('rare'), rarity: rare },
        ]
        const hits = await found({ clauses, atLeast: 1, limit: 3 })
        assert.equal(hits.length, 3)
        return hits[0]
      }
      assert.equal(await best(0.7, 4), 'r')
      assert.equal(await best(4, 0.7), 'c0')
    },
  },
  {
    name: 'clauses by which hits are only estimated make none, and put those first that have them',
    check: async ({ built, ask }) => {
      await built([
        ...Array.from({ length: 500 }, (_, at) =>
          documentOf(`c${at}`, { words: { description: 'rare plain' }, weight: 1 }),
        ),
        documentOf('b', { words: { description: 'rare common' } }),
        documentOf('x', { words: { name: 'common' }, weight: 5 }),
        documentOf('y', { words: { description: 'rare', source: 'common' } }),
        documentOf('u', { words: { description: 'rare usual' } }),
      ])
      const clauses = [{ ...word('rare'), rarity: 2 }]
      const further = [
        { ...word('common'), rarity: 1 },
        { ...word('usual'), rarity: 0.9 },
      ]
      const facets = ['kind'] as const
      const { total, hits, facets: counts } = await ask({ clauses, further, atLeast: 1, limit: 20, facets })
      assert.equal(total, 503)
      assert.deepEqual(counts.kind, [{ label: 'skill', count: 503 }])
      assert.equal(hits.length, 20)
      assert.equal(hits[0]?.id, 'b')
      const next = hits.slice(1, 3).map(({ id }) => id)
      assert.deepEqual(next.sort(), ['u', 'y'])
      assert.ok(hits.every(({ id }) => id !== 'x'))
      assert.equal((await ask({ clauses, further })).total, 503)
    },
  },
  {
    name: 'by relevance the order owes nothing to documents that are out of sight',
    check: async ({ built, ask }) => {
      const seen = [
        documentOf('a', { words: { description: 'left of here' } }),
        documentOf('b', { words: { description: 'right of here' } }),
        documentOf('c', { words: { title: 'here', description: 'left' } }),
        documentOf('d', { words: { title: 'here', description: 'right' } }),
      ]
      const best = async (hidden: readonly SearchDocument[]): Promise<readonly string[]> => {
        await built([...seen, ...hidden])
        const { hits } = await ask({
          clauses: [word('left'), word('right')],
          atLeast: 1,
          sight: [{ visibilities: ['public'] }],
        })
        return hits.map(({ id }) => id)
      }
      const order = await best([])
      assert.equal(order.length, seen.length)
      for (const text of ['left', 'right', 'left left left of left'])
        assert.deepEqual(
          await best(
            Array.from({ length: 60 }, (_, at) =>
              documentOf(`h${at}`, { words: { name: text, description: text }, visibility: 'private' }),
            ),
          ),
          order,
          text,
        )
    },
  },
  {
    name: 'hits come with their words, as they were given, by relevance',
    check: async ({ built, ask }) => {
      const words = { name: 'left', title: '', description: 'pad of text', topics: '', source: 'x' }
      await built([
        documentOf('a', { words }),
        documentOf('b', { words: { description: 'pad' } }),
        documentOf('c'),
      ])
      const either = {
        alternatives: [word('left'), word('none')].flatMap(({ alternatives }) => alternatives),
      }
      const { hits, documents } = await ask({ clauses: [either, word('pa', true)] })
      assert.deepEqual(
        hits.map(({ id, words: own }) => ({ id, words: own })),
        [{ id: 'a', words }],
      )
      assert.equal(documents, 3)
    },
  },
  {
    name: 'by relevance as many hits are told as are asked for, up to the bound, each once, and all are counted',
    check: async ({ built, ask }) => {
      const many = searchBounds.hits + 7
      await built(Array.from({ length: many }, (_, at) => documentOf(`d${at}`, { words: { name: 'word' } })))
      const { hits, total } = await ask({ clauses: [word('word')], limit: searchBounds.hits })
      assert.equal(total, many)
      assert.equal(hits.length, searchBounds.hits)
      assert.equal(new Set(hits.map(({ id }) => id)).size, hits.length)
      assert.ok(hits.slice(0, searchBounds.scored).every(({ words }) => words?.name === 'word'))
      assert.equal((await ask({ clauses: [word('word')], limit: 1 })).hits.length, 1)
    },
  },
  {
    name: 'by relevance fewer hits are the first of more, however many there are',
    check: async ({ built, found }) => {
      const fields = ['description', 'topics', 'source', 'title', 'name'] as const
      const documents = Array.from({ length: searchBounds.hits + 400 }, (_, at) => {
        const text = `${'word '.repeat(1 + (at % 4))}${'filler '.repeat((at * 7) % 23)}other`
        return documentOf(`d${at}`, {
          words: { [fields[at % fields.length] ?? 'name']: text, description: at % 6 === 0 ? 'word' : 'x' },
          names: at % 400 === 7 ? ['word'] : [],
          weight: ((at * 37) % 50) / 10,
        })
      })
      await built(documents)
      for (const query of [
        { clauses: [word('word')], names: ['word'] },
        { clauses: [word('word'), word('other')], atLeast: 1 },
        { clauses: [] },
      ]) {
        const all = await found({ ...query, limit: searchBounds.hits })
        assert.equal(new Set(all).size, searchBounds.hits)
        for (const limit of [1, 20, 150, 200, 201, 299, 420, 999])
          assert.deepEqual(await found({ ...query, limit }), all.slice(0, limit), `${limit} hits`)
      }
    },
  },
]
