import assert from 'node:assert/strict'
import type { EngineQuery } from '../search.ts'
import { documentOf, type SearchCase, word } from './harness.ts'

const tools = [
  documentOf('a', {
    facets: { kind: ['skill'], license: ['MIT'], topic: ['Text', 'parser'] },
    numbers: { downloads: 5 },
  }),
  documentOf('b', {
    facets: { kind: ['agent'], license: ['mit'], topic: ['text'] },
    numbers: { downloads: 10, stars: 1 },
  }),
  documentOf('c', {
    facets: { kind: ['agent'], license: ['Apache-2.0'], topic: [] },
    numbers: { downloads: 10, stars: 2 },
  }),
  documentOf('d', {
    facets: { kind: ['model'], topic: ["it's", 'a "b" \\ %_*'] },
    numbers: { updatedAt: 5_000 },
  }),
]

const facets = (...given: EngineQuery['filter']['facets'][number][]): Partial<EngineQuery> => ({
  filter: { facets: given, ranges: [] },
})
const sorted = (ids: readonly string[]): readonly string[] => ids.toSorted()

export const narrowing: readonly SearchCase[] = [
  {
    name: 'of each entry of a filter one key is enough, every entry has to hold, and labels differ by more than case',
    check: async ({ built, found }) => {
      await built(tools)
      assert.deepEqual(sorted(await found(facets({ facet: 'license', keys: ['mit'] }))), ['a', 'b'])
      assert.deepEqual(sorted(await found(facets({ facet: 'kind', keys: ['agent', 'model'] }))), [
        'b',
        'c',
        'd',
      ])
      assert.deepEqual(
        sorted(await found(facets({ facet: 'kind', keys: ['agent'] }, { facet: 'license', keys: ['mit'] }))),
        ['b'],
      )
      assert.deepEqual(
        sorted(await found(facets({ facet: 'topic', keys: ['text'] }, { facet: 'topic', keys: ['parser'] }))),
        ['a'],
      )
      assert.deepEqual(await found(facets({ facet: 'topic', keys: ["it's"] })), ['d'])
      assert.deepEqual(await found(facets({ facet: 'topic', keys: ['a "b" \\ %_*'] })), ['d'])
      assert.deepEqual(await found(facets({ facet: 'topic', keys: ['%', '*', 'a'] })), [])
      assert.deepEqual(await found(facets({ facet: 'license', keys: [] })), [])
    },
  },
  {
    name: 'ranges have both of their ends, and a number may have several',
    check: async ({ built, found }) => {
      await built(tools)
      const within = async (
        ...ranges: EngineQuery['filter']['ranges'][number][]
      ): Promise<readonly string[]> => sorted(await found({ filter: { facets: [], ranges } }))
      assert.deepEqual(await within({ number: 'downloads', from: 5 }), ['a', 'b', 'c'])
      assert.deepEqual(await within({ number: 'downloads', from: 6, to: 10 }), ['b', 'c'])
      assert.deepEqual(await within({ number: 'downloads', from: 10 }, { number: 'stars', to: 1 }), ['b'])
      assert.deepEqual(await within({ number: 'updatedAt', from: 5_000 }), ['d'])
      assert.deepEqual(await within({ number: 'createdAt', to: 999 }), [])
      assert.deepEqual(await within({ number: 'createdAt', from: 0, to: 8_640_000_000_000_000 }), [
        'a',
        'b',
        'c',
        'd',
      ])
    },
  },
  {
    name: 'of ranges of platforms one is enough, and what names no platform is in none',
    check: async ({ built, found }) => {
      await built([
        documentOf('a', { platform: '01' }),
        documentOf('b', { platform: '02' }),
        documentOf('c', { platform: '03' }),
        documentOf('d'),
      ])
      const within = async (...platform: { from?: string; below?: string }[]): Promise<readonly string[]> =>
        sorted(await found({ filter: { facets: [], ranges: [], platform } }))
      assert.deepEqual(await within({ from: '02' }), ['b', 'c'])
      assert.deepEqual(await within({ from: '01', below: '02' }), ['a'])
      assert.deepEqual(await within({ below: '02' }, { from: '03' }), ['a', 'c'])
      assert.deepEqual(await within({}), ['a', 'b', 'c'])
      assert.deepEqual(await within(), [])
    },
  },
  {
    name: 'deprecated ones are found, alone or left out, as is asked',
    check: async ({ built, found }) => {
      await built([documentOf('a'), documentOf('b', { deprecated: true })])
      const asked = async (deprecated: boolean): Promise<readonly string[]> =>
        await found({ filter: { facets: [], ranges: [], deprecated } })
      assert.deepEqual(sorted(await found()), ['a', 'b'])
      assert.deepEqual(await asked(false), ['a'])
      assert.deepEqual(await asked(true), ['b'])
    },
  },
  {
    name: 'each facet is counted as if its own filter were not there, the others and all else are',
    check: async ({ built, ask }) => {
      await built(tools)
      const answer = await ask({
        ...facets({ facet: 'kind', keys: ['agent'] }, { facet: 'license', keys: ['mit'] }),
        facets: ['kind', 'license', 'topic', 'language'],
      })
      assert.equal(answer.total, 1)
      assert.deepEqual(answer.facets, {
        kind: [
          { label: 'agent', count: 1 },
          { label: 'skill', count: 1 },
        ],
        license: [
          { label: 'Apache-2.0', count: 1 },
          { label: 'mit', count: 1 },
        ],
        topic: [{ label: 'text', count: 1 }],
        language: [],
      })
      const ranged = await ask({
        filter: { facets: [], ranges: [{ number: 'downloads', from: 6 }] },
        facets: ['topic', 'kind'],
      })
      assert.deepEqual(ranged.facets, {
        topic: [{ label: 'text', count: 1 }],
        kind: [{ label: 'agent', count: 2 }],
      })
      assert.deepEqual((await ask({ facets: [] })).facets, {})
    },
  },
  {
    name: 'facets count what the words match, the commonest first, labels of one count by their bytes',
    check: async ({ built, ask }) => {
      await built(
        ['z', 'ä', 'Z', '\u{1f600}', '\uffee', 'b', 'b'].map((label, at) =>
          documentOf(`d${at}`, { words: { name: at === 5 ? 'other' : 'same' }, facets: { author: [label] } }),
        ),
      )
      const { facets, total } = await ask({ clauses: [word('same')], facets: ['author'] })
      assert.equal(total, 6)
      assert.deepEqual(
        facets.author?.map(({ label }) => label),
        ['Z', 'b', 'z', 'ä', '\uffee', '\u{1f600}'],
      )
      const all = await ask({ facets: ['author'], limit: 0 })
      assert.deepEqual(all.facets.author?.[0], { label: 'b', count: 2 })
      assert.deepEqual(all.hits, [])
    },
  },
]
