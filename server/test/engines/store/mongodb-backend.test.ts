import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openWith } from '../../../src/adapters/store/mongodb/mongodb-store.ts'
import type { BackendOptions } from '../../../src/library/backend-options.ts'
import { done, made, named, refused } from '../../../src/library/backend-suite/harness.ts'
import { backendContract } from '../../../src/library/backend-suite.ts'
import type { Backend } from '../../../src/library/backend-types.ts'
import { EngineBackend } from '../../../src/library/engine-backend.ts'
import { openFolderBlobs } from '../../../src/library/engines/folder-blobs.ts'
import { openMongodbEngines } from '../../../src/library/engines/mongodb.ts'
import { MongoDBBackend } from '../../../src/library/mongodb-backend.ts'
import { RegistryManager } from '../../../src/library/registry-manager.ts'
import type { Blobs } from '../../../src/ports/blobs/blobs.ts'
import { freePort } from '../../kit/servers/free-port.ts'
import {
  type MongodbStandIn,
  mongodbStandInSkip,
  startMongodbStandIn,
} from '../../kit/servers/mongodb-stand-in.ts'
import { until } from '../../kit/until.ts'
import { backendHarness } from '../../library/backend/harness.ts'
import { inTurns } from './mongodb-turns.ts'

/** What only transactions can make true. */
const skipped: Readonly<Record<string, string>> = {
  'additions that are read, made and committed by many are all counted, by whoever begins again after CONFLICT':
    'the stand-in for MongoDB has no transactions: a reader may see half of a batch',
}

// `MongoDBBackend` itself wants a replica set: over the stand-in it is the same engines, whose batches come in turns.
describe('artifacts in MongoDB, on a stand-in', { concurrency: 2, skip: mongodbStandInSkip }, () => {
  let server: MongodbStandIn
  before(async () => {
    server = await startMongodbStandIn()
  })
  after(() => server[Symbol.asyncDispose]())

  type Place = (options?: BackendOptions) => Backend

  function place(openBlobs?: () => Promise<Blobs>): Place {
    const store = { url: server.url, database: `lading-${randomUUID()}` }
    const begin = inTurns()
    return (options = {}) =>
      new EngineBackend(
        (tools) =>
          openMongodbEngines(tools, { store, openBlobs }, (opening, schema) =>
            openWith(opening, schema, begin),
          ),
        options,
      )
  }

  const harness = backendHarness(true, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-backend-'))
    return {
      make: place(() => openFolderBlobs(folder)),
      remove: () => rm(folder, { recursive: true }),
    }
  })
  const cases = backendContract(harness)
  for (const { name, run } of cases) test(name, { skip: skipped[name] ?? false }, run)

  test('whatever is left out is a case', () => {
    const names = cases.map(({ name }) => name)
    for (const name of Object.keys(skipped)) assert.ok(names.includes(name), `there is no case ${name}`)
  })

  test('two that share a database see what the other has made', async () => {
    const own = place()
    const [one, other] = [own(), own()]
    try {
      for (const backend of [one, other]) done(await backend.connect())
      const ada = await made(one, named('ada'))
      assert.deepEqual(done(await other.read(ada.id)), ada)
      const changed = done(await other.update(ada.id, { metadata: { description: 'Countess' } }))
      // Both were read through caches, which hear of each other's changes within their bound.
      await until(async () => done(await one.read(ada.id)).metadata.description === 'Countess')
      assert.deepEqual(done(await one.read(ada.id)), changed)
    } finally {
      for (const backend of [one, other]) done(await backend.disconnect())
    }
  })

  test('two that share a database search by the database, each for what the other has made', async () => {
    const own = place()
    const [one, other] = [own({ jobs: false }), own({ jobs: false })]
    try {
      for (const backend of [one, other]) done(await backend.connect())
      const [here, there] = [new RegistryManager(one), new RegistryManager(other)]
      const create = async (registry: RegistryManager, name: string): Promise<string> =>
        (await registry.create({ name, type: 'persona', sourceCode: 'countess of engines', tags: ['t'] })).id
      const [ada, eve] = [await create(here, 'Ada'), await create(there, 'Eve')]
      for (const registry of [here, there]) {
        const page = await registry.searchPage({ query: 'countess', sort: 'name', facets: ['tags'] })
        assert.deepEqual(
          page.items.map(({ artifact }) => artifact.id),
          [ada, eve],
        )
        assert.deepEqual(page.facets, { tags: [{ value: 't', count: 2 }] })
        assert.deepEqual([page.total, page.stale, page.degraded], [2, false, false])
      }
      await there.purge(ada)
      assert.deepEqual(
        (await here.search({ query: 'countess' })).map(({ artifact }) => artifact.id),
        [eve],
      )
    } finally {
      for (const backend of [one, other]) done(await backend.disconnect())
    }
  })

  test('without blobs, content that has no room in the store is refused, and says what to do', async () => {
    const backend = place()()
    done(await backend.connect())
    try {
      const source = 'x'.repeat(100_000)
      assert.match(refused(await backend.create(named('ada', { source })), 'UNAVAILABLE'), /give it `blobs`/)
      await made(backend, named('ada', { source: 'small' }))
    } finally {
      done(await backend.disconnect())
    }
  })

  test('a server that is no replica set is UNAVAILABLE, and says what to do', async () => {
    const backend = new MongoDBBackend({ url: server.url, database: 'lading' })
    assert.match(refused(await backend.connect(), 'UNAVAILABLE'), /no replica set/)
  })
})

test('what cannot be an option of MongoDBBackend is VALIDATION by its name', async () => {
  const url = `mongodb://127.0.0.1:${await freePort()}/`
  const wrong: readonly [object, RegExp][] = [
    [{}, /url/],
    [{ url: 7 }, /url/],
    [{ url, database: 7 }, /database/],
    [{ url, max: 1 }, /max/],
    [{ url, max: '20' }, /max/],
    [{ url, ca: true }, /ca/],
    [{ url, blobs: {} }, /blobs/],
    [{ url, begin: inTurns() }, /begin/],
  ]
  for (const [options, field] of wrong) {
    const answer = await new MongoDBBackend(options as never).connect()
    assert.ok(!answer.ok)
    assert.deepEqual([answer.error.code, field.test(answer.error.field ?? '')], ['VALIDATION', true])
  }
})
