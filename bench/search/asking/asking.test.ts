import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readQueries } from '../relevance/queries.ts'
import { mixedRequests, warmingRequests } from './mixed-requests.ts'
import { typedBeginnings } from './typed-beginnings.ts'

const queries = readQueries()
const texts = queries.map(({ text }) => text)
const all = { turn: 1, most: 1_000 }

test('every graded query is asked once, by others and otherwise narrowed in another turn', () => {
  const [first, second] = [mixedRequests(all, true), mixedRequests({ ...all, turn: 2 }, true)]
  const asked = first.map(({ request }) => request.text ?? '')
  assert.deepEqual([...asked].sort(), [...texts].sort())
  assert.notDeepEqual(
    asked,
    second.map(({ request }) => request.text),
  )
  assert.deepEqual(mixedRequests(all, true), first)
  const same = first.filter((one) => second.some((other) => isSame(one, other)))
  assert.ok(same.length < 3, `${same.length} questions are the same`)
})

test('three facets are counted; queries keep their own filters, and half of the others get one', () => {
  const requests = mixedRequests(all, true).map(({ request }) => request)
  for (const { countFacets } of requests) assert.equal(countFacets?.length, 3)
  const [own, others] = [queries.filter(({ filters }) => filters), queries.filter(({ filters }) => !filters)]
  for (const { text, filters } of own) {
    const asked = requests.filter((request) => request.text === text)
    const expected = {
      ...(filters?.category !== undefined && { category: [filters.category] }),
      ...(filters?.topics !== undefined && { topic: filters.topics }),
    }
    assert.ok(
      asked.some(({ facets }) => isSame(facets ?? {}, expected)),
      text,
    )
  }
  const narrowed = requests.filter(({ facets = {} }) => 'license' in facets || 'language' in facets).length
  assert.ok(narrowed > 0.35 * others.length && narrowed < 0.65 * others.length, `${narrowed}`)
  for (const { request } of mixedRequests(all, false))
    assert.deepEqual(Object.keys(request).sort(), ['limit', 'text'])
})

test('what warms is of the same words, and seldom the same question', () => {
  const warming = warmingRequests(all, false).map(({ request }) => request.text ?? '')
  assert.equal(warming.length, texts.length)
  const words = new Set(texts.flatMap((text) => text.split(' ')))
  for (const text of warming) for (const word of text.split(' ')) assert.ok(words.has(word), word)
  assert.ok(warming.filter((text) => texts.includes(text)).length < 0.05 * texts.length)
})

test('names are typed letter by letter', () => {
  const typed = typedBeginnings({ turn: 1, most: 3 })
  assert.equal(typed.filter((text) => text.length === 1).length, 3)
  for (const [at, text] of typed.entries()) {
    assert.ok(text.length >= 1 && text.length <= 8)
    if (text.length > 1) assert.equal(text.slice(0, -1), typed[at - 1])
  }
  assert.notDeepEqual(typedBeginnings({ turn: 2, most: 3 }), typed)
})

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
