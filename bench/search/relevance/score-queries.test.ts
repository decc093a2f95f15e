import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Query } from './queries.ts'
import { scoreQueries } from './score-queries.ts'

const query = (id: string, grades: Query['grades']): Query => ({
  id,
  kind: 'name',
  text: id,
  half: 'tuning',
  grades,
})

test('each query has its scores, the one without an answer as well, and what nobody judged is told', async () => {
  const queries = [query('one', { a: 3, b: 1 }), query('two', { a: 3 })]
  const asked: [string, number][] = []
  const scores = await scoreQueries(
    ({ text }, limit) => {
      asked.push([text, limit])
      return text === 'one' ? ['a', 'judged', 'other'] : []
    },
    queries,
    new Map([['one', ['judged']]]),
  )
  assert.deepEqual(asked, [
    ['one', 50],
    ['two', 50],
  ])
  const [first, second] = scores
  // 7 / 1 of 7 + 1 / 1.58496 = 7.63093.
  assert.ok(Math.abs((first?.ndcg ?? 0) - 0.91732) < 1e-4)
  assert.deepEqual([first?.recall, first?.answer.length, first?.unjudged], [0.5, 3, ['other']])
  assert.deepEqual(second, { query: queries[1], ndcg: 0, recall: 0, answer: [], unjudged: [] })
})

test('a ranker that fails is no ranker without an answer', async () => {
  const failing = (): Promise<never> => Promise.reject(new Error('gone'))
  await assert.rejects(scoreQueries(failing, [query('one', { a: 3 })], new Map()), /gone/)
})
