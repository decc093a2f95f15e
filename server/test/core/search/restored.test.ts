import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemorySearch } from '../../../src/adapters/search/memory/open-memory-search.ts'
import { Searching } from '../../../src/boot/compose/searching.ts'
import type { CreateArtifact } from '../../../src/core/authoring/create-artifact.ts'
import type { Artifact } from '../../../src/domain/artifact.ts'
import type { Namespace } from '../../../src/domain/repository-name.ts'
import type { Sight } from '../../../src/domain/search.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { backUp, folder, putBack, world } from '../care/backup-world.ts'
import type { TestCore } from '../kit.ts'

const everybody: Sight = [{ visibilities: ['public'] }]

function searchOver({ core }: TestCore, engine: SearchEngine): Searching {
  return new Searching(core, {
    main: { name: 'outside', engine },
    ...{ timeout: 1_000, pause: 1_000, interval: 100 },
  })
}

async function publish({ registry, caller }: TestCore, slug: string): Promise<Artifact> {
  const given: CreateArtifact = {
    kind: 'persona',
    namespace: 'acme' as Namespace,
    slug,
    owner: 'ada',
    visibility: 'public',
    metadata: { name: slug, topics: [`about-${slug}`] },
    document: undefined,
    source: '',
    version: '1.0.0',
    changelog: '',
    published: true,
  }
  return await registry.artifacts.create(caller, given)
}

async function told(searching: Searching): Promise<readonly [number, readonly string[]]> {
  const asked = { limit: 0, countFacets: ['topic'] } as const
  const { total, facets } = await searching.search(everybody, asked)
  return [total, (facets.topic ?? []).map(({ value }) => value).sort()]
}

test('an index that has followed further than the backup that was put back is built anew', async () => {
  const engine = openMemorySearch()
  const before = await world()
  const { directory } = folder()
  const first = await publish(before.s.test, 'first')
  await publish(before.s.test, 'second')
  await backUp(before.s.test, directory)
  for (const slug of ['third', 'fourth', 'fifth']) await publish(before.s.test, slug)
  const searching = searchOver(before.s.test, engine)
  await searching.catchUp()
  assert.equal((await told(searching))[0], 5)
  await searching.close()

  const { s } = await putBack(before, directory)
  const again = searchOver(s.test, engine)
  await again.catchUp()
  assert.deepEqual(await told(again), [2, ['about-first', 'about-second']])
  // Fewer events than the index had followed: what they say is in it all the same.
  await s.test.registry.artifacts.update(s.test.caller, { id: first.id, visibility: 'private' })
  await again.catchUp()
  assert.deepEqual(await told(again), [1, ['about-second']])
  await again.close()
  await engine.close()
})
