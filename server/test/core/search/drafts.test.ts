import assert from 'node:assert/strict'
import { test } from 'node:test'
import { artifacts as artifactTable, versions } from '../../../src/core/artifacts/tables.ts'
import type { Core } from '../../../src/core/ledger/core.ts'
import { searchArtifacts } from '../../../src/core/search/search-artifacts.ts'
import type { SearchResult } from '../../../src/core/search/search-request.ts'
import type { Sight } from '../../../src/domain/search.ts'
import { only, push } from '../artifacts/pushing.ts'
import { type SearchWorld, searchWorld } from './kit.ts'

const everybody: Sight = [{ visibilities: ['public'] }]

/** What happens just before it is first looked at which versions there are. */
function heldUp(core: Core, meanwhile: () => Promise<void>): Core {
  let isHeld = true
  const store: Core['store'] = Object.assign(Object.create(core.store) as Core['store'], {
    getMany: async (...given: Parameters<Core['store']['getMany']>) => {
      if (isHeld && given[0].name === versions.name) {
        isHeld = false
        await meanwhile()
      }
      return await core.store.getMany(...given)
    },
  })
  return { ...core, store }
}

/** Published as `old`, with a draft that says `secret`. @returns its id */
async function drafted({ artifacts, create, indexed, test }: SearchWorld): Promise<string> {
  const { id } = await create({ metadata: { name: 'Thing', description: 'old' }, published: true })
  const draft = { version: '2.0.0', metadata: { description: 'secret' }, source: 'x' }
  await artifacts.update(test.caller, { id, ...draft })
  await indexed()
  return id
}

test('what only a draft said is shown to nobody else, also in the moment in which it is published', async () => {
  await using world = await searchWorld()
  const { artifacts, test, searchers } = world
  const { core, caller } = test
  const id = await drafted(world)
  const asked = async (from: Core): Promise<SearchResult> =>
    await searchArtifacts(from, searchers, everybody, { text: 'thing', limit: 5 })
  const said = ({ hits }: SearchResult): readonly unknown[] =>
    hits.map(({ artifact }) => [artifact.version, artifact.description])
  assert.deepEqual(said(await asked(core)), [['1.0.0', 'old']])
  const meanwhile = async (): Promise<void> => {
    await artifacts.update(caller, { id, metadata: { description: 'new' } })
    await artifacts.publish(caller, { id, version: '2.0.0' })
  }
  assert.deepEqual(said(await asked(heldUp(core, meanwhile))), [['2.0.0', 'new']])
})

test('an artifact that goes while it is looked at does not leave its draft behind', async () => {
  await using world = await searchWorld()
  const { artifacts, test, searchers } = world
  const { core, caller } = test
  const id = await drafted(world)
  const purged = heldUp(core, async () => {
    await artifacts.delete(caller, id)
    await artifacts.purge(caller, id)
    await world.runJobs()
    assert.equal(await core.store.get(artifactTable, [id]), undefined)
  })
  const { hits } = await searchArtifacts(purged, searchers, everybody, { text: 'thing', limit: 5 })
  assert.deepEqual(hits, [])
})

test('nobody learns from orders, ranges or scores when a draft was worked at', async () => {
  await using world = await searchWorld()
  const { artifacts, test } = world
  const { clock, caller } = test
  const made = async (slug: string): Promise<string> => {
    clock.jump(1_000)
    return (await world.create({ slug, metadata: { name: slug }, published: true })).id
  }
  const first = await made('first')
  await made('second')
  const looks = async (): Promise<readonly unknown[]> => {
    const newest = await world.search({ sort: 'updatedAt', back: true }, everybody)
    const since = clock.now() - 500
    const recent = await world.search({ ranges: [{ number: 'updatedAt', from: since }] }, everybody)
    const explained = await world.search({ text: 'first', explain: true }, everybody)
    return [
      newest.hits.map(({ artifact }) => [artifact.slug, artifact.updatedAt]),
      recent.total,
      explained.hits.map(({ score, explanation }) => [score, explanation?.freshness]),
    ]
  }
  clock.jump(60_000)
  const before = await looks()
  await artifacts.update(caller, { id: first, version: '2.0.0', source: 'a draft' })
  assert.deepEqual(await looks(), before)
  // Uses are told to the index apart from the rest.
  await artifacts.star(caller, first, 'grace')
  const { hits } = await world.search({ sort: 'updatedAt', back: true }, everybody)
  assert.deepEqual(
    hits.map(({ artifact }) => artifact.slug),
    ['second', 'first'],
  )
})

test('nobody learns from what an image says of itself that somebody works at a draft of it', async () => {
  await using world = await searchWorld()
  const { artifacts, test } = world
  await push(test, { tag: '1.0.0' })
  const { id } = await only(test)
  const looks = async (): Promise<SearchResult> =>
    await world.search({ text: 'app', countFacets: ['organization'] }, everybody)
  const before = await looks()
  assert.deepEqual(before.facets.organization, [{ value: 'acme', count: 1 }])
  await artifacts.update(test.caller, {
    id,
    version: '2.0.0',
    source: 'a draft',
    metadata: { name: 'Draft' },
  })
  assert.deepEqual(await looks(), before)
})
