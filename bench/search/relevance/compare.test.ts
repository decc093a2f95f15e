import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fts5 } from './baseline.ts'
import { overlapOf, type Scored, standingsOf } from './compare.ts'
import type { Corpus } from './corpus.ts'
import { type Query, readJudgedZero, readQueries } from './queries.ts'
import { scoreQueries } from './score-queries.ts'
import { bestOf, relevanceSection } from './section.ts'

const query = (id: string, half: Query['half'], kind: Query['kind'] = 'name'): Query => ({
  id,
  kind,
  text: id,
  half,
  grades: { a: 3 },
})

const queries = [query('one', 'kept'), query('two', 'kept', 'paraphrase'), query('three', 'tuning')]

async function scored(name: string, answers: Readonly<Record<string, readonly string[]>>): Promise<Scored> {
  return { name, scores: await scoreQueries(({ text }) => answers[text] ?? [], queries, new Map()) }
}

test('standings are of one half, and less what the baseline has query by query', async () => {
  const ours = await scored('ours', { one: ['a'], two: ['a', 'b'], three: ['b'] })
  const theirs = await scored('theirs', { one: ['b', 'a'], three: ['a'] })
  const [first, second] = standingsOf([ours, theirs], theirs, 'kept')
  // 1 and 1; the other one has 1 / log2(3) = 0.63093, and nothing.
  assert.equal(first?.ndcg, 1)
  assert.ok(Math.abs((first?.ndcgGain?.mean ?? 0) - (2 - 0.63093) / 2) < 1e-4)
  assert.deepEqual([first?.silent, first?.unjudged, second?.silent, second?.unjudged], [0, 1, 1, 1])
  assert.equal(second?.ndcgGain, undefined)
  assert.equal(second?.ndcgOfKind.paraphrase, 0)
  assert.equal(second?.recall, 0.5)
  const [tuned] = standingsOf([ours], theirs, 'tuning')
  assert.deepEqual([tuned?.ndcg, tuned?.ndcgGain?.mean], [0, -1])
})

test('the best is named, and all that are as good', async () => {
  const one = await scored('one', { one: ['a'] })
  const other = await scored('other', { two: ['a'] })
  const none = await scored('none', {})
  const standings = standingsOf([one, other, none], none, 'kept')
  assert.equal(bestOf(standings), 'Best by nDCG@10: **one, other** with 0.500')
})

test('overlap is a share of the longer answer, and nothing agrees with nothing', async () => {
  const one = await scored('one', { one: ['a', 'b'], two: ['a', 'b', 'c', 'd'] })
  const other = await scored('other', { one: ['b', 'a'], two: ['d'] })
  assert.equal(overlapOf(one, other), (1 + 0.25 + 1) / 3)
  assert.equal(overlapOf(other, one), overlapOf(one, other))
})

test('queries whose answers are not in the index of a machine count as 0, and what is missing is told', async () => {
  const all = readQueries()
  const corpus: Corpus = {
    documents: ['gimp', 'never-judged-viewer'].map((name) => ({
      name,
      description: 'image editor and viewer',
      topics: ['image'],
      category: 'graphics',
      homepage: '',
      author: '',
    })),
    missing: ['postgresql'],
  }
  await using filled = await fts5.fill(corpus)
  const scores = await scoreQueries(filled.rank, all, readJudgedZero())
  assert.equal(scores.length, all.length)
  for (const { query: asked, ndcg, answer } of scores) {
    const isThere = answer.some((name) => Object.hasOwn(asked.grades, name))
    assert.equal(ndcg > 0, isThere, asked.id)
  }
  const gimp = scores.find(({ query: asked }) => asked.id === 'n01')
  assert.ok((gimp?.ndcg ?? 0) > 0.8)
  const surprised = scores.filter(({ unjudged }) => unjudged.includes('never-judged-viewer'))
  assert.ok(surprised.length > 0)
  assert.ok(scores.every(({ unjudged, answer }) => unjudged.every((name) => answer.includes(name))))
  const baseline: Scored = { name: 'plain', scores }
  const section = relevanceSection({
    scored: [baseline],
    baseline,
    own: [],
    absent: ['a server'],
    versions: { plain: '1' },
    documents: 2,
    missing: corpus.missing,
    digest: 'd1',
  })
  assert.match(section, /digest `d1`; 1 of the named packages are not in this machine's index/)
  assert.match(section, /^- takes no part: a server$/m)
  const unjudged = scores
    .filter(({ query: asked }) => asked.half === 'kept')
    .reduce((sum, each) => sum + each.unjudged.length, 0)
  assert.match(section, new RegExp(`^\\| plain \\|.* ${unjudged} \\|$`, 'm'))
})
