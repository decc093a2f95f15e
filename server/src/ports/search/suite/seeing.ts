import assert from 'node:assert/strict'
import { isInSight, type Sight } from '../../../domain/search.ts'
import { documentOf, type SearchCase, word } from './harness.ts'

const said = [
  { id: 'a', visibility: 'public', owner: 'ada', namespace: 'acme', kind: 'skill' },
  { id: 'b', visibility: 'private', owner: 'ada', namespace: 'acme', kind: 'skill' },
  { id: 'c', visibility: 'private', owner: 'bo', namespace: 'acme', kind: 'agent' },
  { id: 'd', visibility: 'unlisted', owner: 'bo', namespace: 'zoo', kind: 'agent' },
  { id: 'e', visibility: 'public', owner: 'bo', namespace: 'zoo', kind: 'agent' },
] as const

const documents = said.map(({ id, visibility, owner, namespace, kind }, at) =>
  documentOf(id, {
    visibility,
    owner,
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
