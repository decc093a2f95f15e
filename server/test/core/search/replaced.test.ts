import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { Searching } from '../../../src/boot/compose/searching.ts'
import { overriding } from '../../../src/domain/overriding.ts'
import type { Sight } from '../../../src/domain/search.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { spoiltEngine } from '../../kit/spoilt-engine.ts'
import { type Authors, authors } from '../authoring/kit.ts'

const everybody: Sight = [{ visibilities: ['public'] }]
const never = new AbortController().signal

interface Held {
  /** The same index, for who builds it anew and waits before the new one takes its place. */
  readonly engine: SearchEngine
  readonly isThere: Promise<void>
  release(): void
}

function heldBuilding(inner: SearchEngine): Held {
  const [there, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const rebuild = async (): ReturnType<SearchEngine['rebuild']> => {
    const rebuilding = await inner.rebuild()
    const finish = async (mark: string): Promise<void> => {
      there.resolve()
      await gate.promise
      await rebuilding.finish(mark)
    }
    return overriding(rebuilding, { finish })
  }
  return { engine: overriding(inner, { rebuild }), isThere: there.promise, release: gate.resolve }
}

function searchOver({ test: { core } }: Authors, engine: SearchEngine): Searching {
  const parts = { timeout: 2_000, pause: 1_000, interval: 100 }
  return new Searching(core, { main: { name: 'outside', engine }, ...parts })
}

const publish = async ({ create }: Authors, slug: string): Promise<string> =>
  (await create({ slug, metadata: { name: `${slug} thing`, topics: [slug] }, published: true })).id

async function told(searching: Searching): Promise<unknown> {
  const asked = { text: 'thing', limit: 0, sort: 'name', countFacets: ['topic'] } as const
  const { total, facets } = await searching.search(everybody, asked)
  return [total, facets.topic?.map(({ value }) => value).toSorted()]
}

test('an index that another process has put in its place tells nothing that was hidden while it was built', async () => {
  const engine = openMemorySearch()
  await using world = await authors()
  const held = heldBuilding(engine)
  const [one, other] = [searchOver(world, held.engine), searchOver(world, engine)]
  await publish(world, 'plain')
  const id = await publish(world, 'secret')
  await other.catchUp()
  await one.catchUp()
  const building = one.reindex('outside', never)
  await held.isThere
  await world.artifacts.update(world.test.caller, { id, visibility: 'private' })
  await other.catchUp()
  assert.deepEqual(await told(other), [1, ['plain']])
  held.release()
  await building
  assert.deepEqual(await told(other), [1, ['plain']])
  assert.deepEqual(await told(one), [1, ['plain']])
  await Promise.all([one.close(), other.close()])
})

test('one that takes its place before an answer, and is as far as the old one after it, is found out too', async () => {
  const engine = openMemorySearch()
  await using world = await authors()
  const [held, outside] = [heldBuilding(engine), spoiltEngine(engine)]
  const [builder, asked] = [searchOver(world, held.engine), searchOver(world, outside.engine)]
  await publish(world, 'plain')
  const id = await publish(world, 'secret')
  await asked.catchUp()
  const building = builder.reindex('outside', never)
  await held.isThere
  await world.artifacts.update(world.test.caller, { id, visibility: 'private' })
  await asked.catchUp()
  outside.faults = {
    query: async (query, signal) => {
      outside.faults = {}
      held.release()
      await building
      const answer = await engine.query(query, signal)
      await builder.catchUp()
      return answer
    },
  }
  assert.deepEqual(await told(asked), [1, ['plain']])
  await Promise.all([builder.close(), asked.close()])
})

test('an index that was put back as it once was tells nothing that was hidden since', async () => {
  const [latest, earlier] = [openMemorySearch(), openMemorySearch()]
  const outside = spoiltEngine(latest)
  await using world = await authors()
  const searching = searchOver(world, outside.engine)
  await publish(world, 'plain')
  const id = await publish(world, 'secret')
  outside.faults = {
    rebuild: async () => {
      const [rebuilding, copied] = [await latest.rebuild(), await earlier.rebuild()]
      return overriding(rebuilding, {
        add: async (documents) => {
          await copied.add(documents)
          await rebuilding.add(documents)
        },
        finish: async (mark) => {
          await copied.finish(mark)
          await rebuilding.finish(mark)
        },
      })
    },
  }
  await searching.catchUp()
  assert.deepEqual(await told(searching), [2, ['plain', 'secret']])
  await world.artifacts.update(world.test.caller, { id, visibility: 'private' })
  assert.deepEqual(await told(searching), [1, ['plain']])
  outside.faults = {
    mark: () => earlier.mark(),
    apply: (changes, from, to) => earlier.apply(changes, from, to),
    query: (query, signal) => earlier.query(query, signal),
  }
  assert.deepEqual(await told(searching), [1, ['plain']])
  await searching.close()
})

test('while an index is built anew the old one follows, and answers', async () => {
  const engine = openMemorySearch()
  await using world = await authors()
  const held = heldBuilding(engine)
  await publish(world, 'plain')
  const id = await publish(world, 'secret')
  const first = searchOver(world, engine)
  await first.catchUp()
  await first.close()
  const searching = searchOver(world, held.engine)
  await searching.catchUp()
  const building = searching.reindex('outside', never)
  await held.isThere
  await world.artifacts.update(world.test.caller, { id, visibility: 'private' })
  assert.deepEqual(await told(searching), [1, ['plain']])
  await publish(world, 'later')
  await searching.catchUp()
  assert.deepEqual(await told(searching), [2, ['later', 'plain']])
  await world.artifacts.countUse(id, 'downloads')
  await world.test.clock.advance(6_000)
  await searching.catchUp()
  held.release()
  assert.equal(await building, 2)
  assert.deepEqual(await told(searching), [2, ['later', 'plain']])
  // The new one has rows as they were before that use.
  await searching.catchUp()
  const { total } = await searching.search([{}], { text: 'downloads:1', limit: 1 })
  assert.equal(total, 1)
  await searching.close()
})

test('what was hidden takes no place among suggestions', async () => {
  const outside = spoiltEngine(openMemorySearch())
  await using world = await authors()
  const searching = searchOver(world, outside.engine)
  const id = await publish(world, 'project-zeus')
  await publish(world, 'project-hera')
  await publish(world, 'project-ares')
  for (const user of ['a', 'b']) await world.artifacts.star(world.test.caller, id, user)
  await searching.catchUp()
  const suggested = async (): Promise<readonly (string | undefined)[]> =>
    (await searching.suggest(everybody, 'pro', 2)).artifacts.map(({ slug }) => slug)
  assert.equal((await suggested())[0], 'project-zeus')
  await world.artifacts.update(world.test.caller, { id, visibility: 'private' })
  assert.deepEqual((await suggested()).toSorted(), ['project-ares', 'project-hera'])
  outside.faults = { apply: () => new Promise<never>(() => {}) }
  await world.artifacts.update(world.test.caller, { id, visibility: 'public' })
  await world.artifacts.delete(world.test.caller, id)
  await assert.rejects(searching.suggest(everybody, 'pro', 2), { code: 'unavailable' })
})
