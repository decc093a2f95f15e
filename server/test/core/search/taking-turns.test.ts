import assert from 'node:assert/strict'
import { test } from 'node:test'
import { artifacts } from '../../../src/core/artifacts/tables.ts'
import { documentsOf } from '../../../src/core/search/make-document.ts'
import { pageSnippets } from '../../../src/core/search/page-snippets.ts'
import { snippetMaker } from '../../../src/core/search/snippet-maker.ts'
import type { Clock } from '../../../src/ports/clock/clock.ts'
import { type SearchWorld, searchWorld } from './kit.ts'

/** How often others have their turn while that is done, where each piece of it takes so many ms. */
async function turnsOf(
  { test: { core, clock } }: SearchWorld,
  pieceMs: number,
  work: (own: typeof core) => Promise<unknown>,
): Promise<number> {
  let now = 0
  const slow: Clock = Object.create(clock, {
    monotonic: {
      value: () => {
        now += pieceMs
        return now
      },
    },
  }) as Clock
  let turns = 0
  let next: NodeJS.Immediate
  const count = (): void => {
    turns++
    next = setImmediate(count)
  }
  next = setImmediate(count)
  await work({ ...core, clock: slow })
  clearImmediate(next)
  return turns
}

test('others have their turn while many documents, or many snippets, are made', async () => {
  await using world = await searchWorld()
  const ids: string[] = []
  for (let at = 0; at < 30; at++)
    ids.push(
      (await world.create({ slug: `a-${at}`, source: at < 15 ? 'ada' : 'word', metadata: { name: 'x' } })).id,
    )
  const rows = (
    await world.test.core.store.getMany(
      artifacts,
      ids.map((id) => [id]),
    )
  ).filter((row) => row !== undefined)
  assert.equal(rows.length, 30)
  const snippets = snippetMaker([{ alternatives: [{ words: ['ada'], prefix: false, weight: 1 }] }])
  for (const [work, atLeast] of [
    [(own: typeof world.test.core) => documentsOf(own, rows), 30],
    [(own: typeof world.test.core) => pageSnippets(own, rows, snippets), 60],
  ] as const) {
    const swift = await turnsOf(world, 0, work)
    const slow = await turnsOf(world, 10, work)
    assert.ok(slow - swift >= atLeast / 2, `${swift} turns, and ${slow} where it takes long`)
  }
  const found = await pageSnippets(world.test.core, rows, snippets)
  assert.deepEqual(
    found.map((each) => each.map(({ field }) => field)),
    rows.map((_, at) => (at < 15 ? ['source'] : [])),
  )
})
