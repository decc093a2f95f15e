import assert from 'node:assert/strict'
import { isInSight } from '../../../domain/in-sight.ts'
import { type Sight, wholeSight } from '../../../domain/search.ts'
import { type Clause, searchBounds } from '../search.ts'
import { answersWithinMs, documentOf, phrase, type SearchCase, word } from './harness.ts'

const said = [
  { id: 'a', visibility: 'public', owner: 'ada', description: 'left of here' },
  { id: 'b', visibility: 'private', owner: 'ada', description: 'left and right' },
  { id: 'c', visibility: 'private', owner: 'bo', description: 'left left' },
  { id: 'd', visibility: 'public', owner: 'bo', description: 'here of left' },
] as const

const clauses: readonly { readonly clause: Clause; readonly had: readonly string[] }[] = [
  { clause: word('left'), had: ['a', 'b', 'c', 'd'] },
  { clause: word('nobody'), had: [] },
  { clause: word('rig', true), had: ['b'] },
  { clause: phrase('left of'), had: ['a'] },
  { clause: { ...word('left'), fields: ['name'] }, had: [] },
  {
    clause: { alternatives: [...word('right').alternatives, ...word('here').alternatives] },
    had: ['a', 'b', 'd'],
  },
  {
    clause: { alternatives: [...phrase('left of').alternatives, ...word('right').alternatives] },
    had: ['a', 'b'],
  },
  {
    clause: { alternatives: [...phrase('left of').alternatives, ...word('left').alternatives] },
    had: ['a', 'b', 'c', 'd'],
  },
  {
    clause: { alternatives: [...phrase('left of').alternatives, ...phrase('of left').alternatives] },
    had: ['a', 'd'],
  },
]

const sights: readonly Sight[] = [
  wholeSight,
  [],
  [{ visibilities: ['public'] }],
  [{ visibilities: ['public'] }, { owners: ['bo'] }],
  [{ exceptNamespaces: ['acme'] }, { names: [['b', 'x*']] }],
  [{ exceptNamespaces: ['zoo'], names: [['*'], ['a', 'c']] }],
]

export const having: readonly SearchCase[] = [
  {
    name: 'of each clause it is told how many in sight have it',
    check: async ({ engine, built }) => {
      const signal = AbortSignal.timeout(answersWithinMs)
      assert.deepEqual(await engine.having({ clauses: [word('left')], sight: wholeSight }, signal), [0])
      await built(
        said.map(({ id, visibility, owner, description }) =>
          documentOf(id, { visibility, owner, words: { description } }),
        ),
      )
      for (const sight of sights) {
        const seen = said
          .filter((one) => isInSight(sight, { ...one, namespace: 'acme', kind: 'skill', name: one.id }))
          .map(({ id }) => id as string)
        assert.deepEqual(
          await engine.having({ clauses: clauses.map(({ clause }) => clause), sight }, signal),
          clauses.map(({ had }) => had.filter((id) => seen.includes(id)).length),
          JSON.stringify(sight),
        )
      }
      assert.deepEqual(await engine.having({ clauses: [], sight: wholeSight }, signal), [])
    },
  },
  {
    name: 'what very many have is counted up to the bound',
    check: async ({ engine, built }) => {
      const many = searchBounds.havingCounted
      await built(
        Array.from({ length: many + 3 }, (_, at) =>
          documentOf(`d${at}`, { words: { name: at < many - 1 ? 'all most' : 'all' } }),
        ),
      )
      const either = { alternatives: [...phrase('all most').alternatives, ...word('all').alternatives] }
      const asked = { clauses: [word('all'), word('most'), phrase('all most'), either], sight: wholeSight }
      const told = await engine.having(asked, AbortSignal.timeout(answersWithinMs))
      assert.deepEqual(told, [many, many - 1, many - 1, many])
    },
  },
]
