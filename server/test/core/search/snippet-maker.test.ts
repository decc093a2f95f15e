import assert from 'node:assert/strict'
import test from 'node:test'
import { artifacts } from '../../../src/core/artifacts/tables.ts'
import { snippetMaker } from '../../../src/core/search/snippet-maker.ts'
import { searchWorld } from './kit.ts'

const word = (n: number): string => `word${(n * 7919) % 10_007}q`

// On the thread that answers pushes and pulls: what one question costs there, everybody waits for.
test('snippets of a page are made in a moment, however much is looked for', async () => {
  await using world = await searchWorld()
  const { id } = await world.create({ source: 'any' })
  const row = await world.test.core.store.get(artifacts, [id])
  assert.ok(row !== undefined)
  const source = Array.from({ length: 1_500 }, (_, n) => word(n)).join(' ')
  const clauses = Array.from({ length: 32 }, (_, clause) => ({
    alternatives: Array.from({ length: 64 }, (_, n) => ({
      words: [word(1_480 + clause * 64 + n)],
      prefix: n < 2,
      weight: 1,
    })),
  }))
  const begun = process.cpuUsage()
  const snippets = snippetMaker(clauses)
  const found = Array.from({ length: 100 }, () => snippets(row, source))
  const { user } = process.cpuUsage(begun)
  for (const each of found) {
    const [snippet] = each
    assert.equal(snippet?.field, 'source')
    const [from, to] = snippet?.marks[0] ?? []
    assert.equal(snippet?.text.slice(from, to), word(1_480))
  }
  assert.ok(user < 3_000_000, `it has taken ${user / 1_000} ms`)
})
