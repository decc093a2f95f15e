import assert from 'node:assert/strict'
import test from 'node:test'
import { searchFields } from '../../src/domain/search.ts'
import {
  clauseScorer,
  estimateOf,
  type FieldWords,
  rarityOf,
  scoreClauses,
  timesIn,
} from '../../src/domain/search-score.ts'
import { WordFinder } from '../../src/domain/word-finder.ts'

const word = (n: number): string => `${'abcdefgh'[n % 8]}${(n * 7919) % 10_007}`
const words = (count: number, step: number, from: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => word(n * step + from))

function documentOf(n: number): FieldWords {
  return {
    name: words(2, 1, n),
    title: words(4, 1, n),
    description: words(400, 3, n),
    topics: words(400, 5, n),
    source: words(1_000, 7, n),
  }
}

// On the thread that answers pushes and pulls: what one question costs there, everybody waits for.
test('a question as large as any is scored in a moment', () => {
  const clauses = Array.from({ length: 32 }, (_, clause) => ({
    alternatives: Array.from({ length: 64 }, (_, n) => ({
      words: [word(clause * 64 + n)],
      prefix: n < 2,
      weight: 1,
    })),
  }))
  const documents = Array.from({ length: 200 }, (_, n) => documentOf(n))
  const begun = process.cpuUsage()
  const scoresOf = clauseScorer(clauses)
  const found = documents.filter((document) => scoresOf(document).some(({ score }) => score > 0))
  const { user } = process.cpuUsage(begun)
  assert.equal(found.length, documents.length)
  assert.ok(user < 2_000_000, `it has taken ${user / 1_000} ms`)
})

test('words are found at once as they are one by one', () => {
  const letters = ['a', 'b', 'ab', 'aba', 'ba']
  let seed = 1
  const one = (): string => {
    seed = (seed * 48_271) % 0x7fffffff
    return letters[seed % letters.length] ?? ''
  }
  for (let round = 0; round < 200; round++) {
    const text = Array.from({ length: round % 30 }, one)
    const wanted = Array.from({ length: 12 }, (_, n) => ({
      words: Array.from({ length: 1 + (n % 3) }, one),
      prefix: n % 2 === 0,
    }))
    const times = wanted.map(() => 0)
    new WordFinder(wanted).find(text, (which, at) => {
      assert.ok(text[at]?.startsWith(wanted[which]?.words[0] ?? '?'))
      times[which] = (times[which] ?? 0) + 1
    })
    assert.deepEqual(
      times,
      wanted.map((each) => timesIn(text, each.words, each.prefix)),
    )
  }
})

test('a clause is scored where it is asked for, and by its rarity', () => {
  const document = { ...documentOf(0), name: ['pad'], title: ['pad', 'left'], source: ['left', 'padding'] }
  const alternatives = [
    { words: ['pad'], prefix: true, weight: 1 },
    { words: ['pad', 'left'], prefix: false, weight: 0.5 },
  ]
  const [inName, anywhere] = scoreClauses(document, [
    { alternatives, fields: ['name'] },
    { alternatives, rarity: 3 },
  ])
  assert.deepEqual(Object.keys(inName?.fields ?? {}), ['name'])
  assert.deepEqual(
    Object.keys(anywhere?.fields ?? {}),
    searchFields.filter((field) => ['name', 'title', 'source'].includes(field)),
  )
  assert.deepEqual([inName?.rarity, anywhere?.rarity], [1, 3])
  assert.ok((inName?.score ?? 0) < 1 && (anywhere?.score ?? 0) > 1)
})

test('fewer say more, and use never makes up for what words say', () => {
  assert.equal(rarityOf(7, 7), Math.log(2))
  assert.ok(rarityOf(0, 1_000) > rarityOf(1, 1_000))
  assert.equal(estimateOf(0.5, 0), 0.5)
  assert.equal(estimateOf(0.5, 100), 0.625)
  assert.ok(estimateOf(0, 3) > estimateOf(0, 2))
  assert.ok(estimateOf(0, 12) < estimateOf(0.001, 0))
})
