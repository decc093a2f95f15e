import assert from 'node:assert/strict'
import { isInSight } from '../../../domain/in-sight.ts'
import type { Sight } from '../../../domain/search.ts'
import type { SearchDocument, SearchHome } from '../search.ts'
import { answersWithinMs, documentOf, firstMark, type SearchCase, word } from './harness.ts'

const said = [
  { id: 'a', visibility: 'public', owner: 'ada', namespace: 'acme', kind: 'skill', name: 'app' },
  { id: 'b', visibility: 'private', owner: 'ada', namespace: 'acme', kind: 'skill', name: 'app-web' },
  { id: 'c', visibility: 'private', owner: 'bo', namespace: 'acme', kind: 'agent', name: 'tools/app' },
  { id: 'd', visibility: 'unlisted', owner: 'bo', namespace: 'zoo', kind: 'agent', name: 'a_b' },
  { id: 'e', visibility: 'public', owner: 'bo', namespace: 'zoo', kind: 'agent', name: 'axb.app' },
] as const

const documents = said.map(({ id, visibility, owner, namespace, kind, name }, at) =>
  documentOf(id, {
    visibility,
    owner,
    home: { kind, name },
    words: { name: `word name${id}` },
    names: [`name ${id}`],
    beginnings: [`name ${id}`],
    facets: { kind: [kind], namespace: [namespace], topic: [`topic ${id}`] },
    weight: at,
  }),
)

const sights: readonly Sight[] = [
  [],
  [{}],
  [{ visibilities: ['public'] }],
  [{ visibilities: ['public'] }, { owners: ['ada'] }],
  [{ namespaces: ['acme'] }],
  [{ namespaces: ['acme'], visibilities: ['private'] }],
  [{ namespaces: ['zoo'], owners: ['ada'] }],
  [{ kinds: ['agent'], visibilities: ['public', 'unlisted'] }, { owners: ['nobody'] }],
  [{ namespaces: [] }],
  [{ namespaces: ["'; --", 'zoo'] }],
  [{ exceptNamespaces: [] }],
  [{ exceptNamespaces: ['acme'] }],
  [{ exceptNamespaces: ['zoo', 'nowhere'], visibilities: ['public'] }],
  [{ namespaces: ['acme', 'zoo'], exceptNamespaces: ['zoo'] }],
  [{ exceptNamespaces: ['acme', 'zoo'] }, { owners: ['ada'] }],
  [{ names: [] }],
  [{ names: [] }, { owners: ['nobody'], names: [['app']] }],
  [{ names: [[]] }],
  [{ names: [['*']] }],
  [{ names: [['app']] }],
  [{ names: [['app*']] }],
  [{ names: [['*app']] }],
  [{ names: [['app*app', 'a*pp*p', '*.*', 'nobody']] }],
  [{ names: [['a_b', 'a.*']] }],
  [{ names: [['a_*']] }],
  [
    {
      names: [
        ['*/*', 'app-*'],
        ['tools/*', 'axb*'],
      ],
    },
  ],
  [{ names: [['app', 'a_b'], ['a*']], namespaces: ['zoo'] }],
  [
    { names: [['app*']], kinds: ['agent'] },
    { names: [['*b*']], visibilities: ['public'] },
  ],
]

export const seeing: readonly SearchCase[] = [
  {
    name: 'what is not in sight is in no list, no number and no completion, whoever asks',
    check: async ({ engine, built, ask }) => {
      await built(documents)
      for (const sight of sights) {
        const seen = said.filter((one) => isInSight(sight, one)).map(({ id }) => id)
        const told = JSON.stringify(sight)
        for (const clauses of [[], [word('word')]]) {
          const answer = await ask({ clauses, sight, facets: ['topic', 'kind'] })
          assert.deepEqual(answer.hits.map(({ id }) => id).sort(), seen, told)
          assert.equal(answer.total, seen.length, told)
          assert.deepEqual(
            answer.facets.topic?.map(({ label }) => label),
            seen.map((id) => `topic ${id}`),
            told,
          )
          const kinds = answer.facets.kind?.reduce((sum, { count }) => sum + count, 0)
          assert.equal(kinds, seen.length, told)
        }
        for (const sort of ['name', 'createdAt'] as const)
          assert.deepEqual(
            (await ask({ sight, sort })).hits.map(({ id }) => id),
            seen,
            told,
          )
        for (const { id } of said) {
          const named = await ask({ clauses: [word(`name${id}`)], names: [`name ${id}`], sight })
          assert.deepEqual(
            named.hits.map((hit) => hit.id),
            seen.includes(id) ? [id] : [],
            told,
          )
          assert.equal(named.total, named.hits.length)
        }
        const signal = AbortSignal.timeout(20_000)
        const completed = await engine.complete({ text: 'name', sight, limit: 10 }, signal)
        assert.deepEqual(completed, seen.toReversed(), told)
      }
    },
  },
  {
    name: 'sight goes by the kind and the name of the repository, and by what they are after a change',
    check: async ({ engine, built, found }) => {
      const chart = (version: number, home: SearchHome): SearchDocument =>
        documentOf('a', { version, home, beginnings: ['chart'], facets: { kind: ['chart'] } })
      const seen = async (sight: Sight): Promise<readonly (readonly string[])[]> => [
        await found({ sight }),
        await found({ sight, filter: { facets: [{ facet: 'kind', keys: ['chart'] }], ranges: [] } }),
        await engine.complete({ text: 'chart', sight, limit: 3 }, AbortSignal.timeout(answersWithinMs)),
      ]
      await built([chart(1, { kind: 'image', name: 'app' })])
      for (const sight of [[{ kinds: ['image'] }], [{ names: [['app']] }]])
        assert.deepEqual(await seen(sight), [['a'], ['a'], ['a']])
      for (const sight of [[{ kinds: ['chart'] }], [{ names: [['web']] }]])
        assert.deepEqual(await seen(sight), [[], [], []])
      const moved = { do: 'put', document: chart(2, { kind: 'chart', name: 'web' }) } as const
      assert.equal(await engine.apply([moved], firstMark, 'mark 2'), 'applied')
      for (const sight of [[{ kinds: ['chart'] }], [{ names: [['w*']] }]])
        assert.deepEqual(await seen(sight), [['a'], ['a'], ['a']])
      for (const sight of [[{ kinds: ['image'] }], [{ names: [['app']] }]])
        assert.deepEqual(await seen(sight), [[], [], []])
    },
  },
  {
    name: 'a filter by facets shows nothing that is not in sight, nor counts it',
    check: async ({ built, ask }) => {
      await built(documents)
      const { total, facets } = await ask({
        sight: [{ visibilities: ['public'] }],
        filter: { facets: [{ facet: 'kind', keys: ['agent'] }], ranges: [] },
        facets: ['kind', 'namespace'],
      })
      assert.equal(total, 1)
      assert.deepEqual(facets, {
        kind: [
          { label: 'agent', count: 1 },
          { label: 'skill', count: 1 },
        ],
        namespace: [{ label: 'zoo', count: 1 }],
      })
    },
  },
]
