import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { done, made, named, refused } from '../../../src/library/backend-suite/harness.ts'
import { backendContract } from '../../../src/library/backend-suite.ts'
import {
  type Blobs,
  openFolderBlobs,
  openS3Blobs,
  PostgreSQLBackend,
  type PostgreSQLBackendOptions,
  RegistryManager,
  type S3BlobsOptions,
} from '../../../src/library/index.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { until } from '../../kit/until.ts'
import { backendHarness } from '../../library/backend/harness.ts'

describe('artifacts in PostgreSQL', { concurrency: 3, skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  let places = 0
  before(async () => {
    server = await startPostgresqlServer({ settings: ['max_connections=200'] })
  })
  after(() => server[Symbol.asyncDispose]())

  const address = (): PostgreSQLBackendOptions => {
    const { host, port, user } = server
    return { host, port, user, database: 'postgres', schema: `place_${++places}`, max: 6 }
  }

  const harness = backendHarness(true, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lading-backend-'))
    const own = { ...address(), blobs: () => openFolderBlobs(folder) }
    return {
      make: (options) => new PostgreSQLBackend({ ...own, ...options }),
      remove: () => rm(folder, { recursive: true }),
    }
  })
  for (const { name, run } of backendContract(harness)) test(name, run)

  test('two that share a database see what the other has made', async () => {
    const own = address()
    const [one, other] = [new PostgreSQLBackend(own), new PostgreSQLBackend(own)]
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
    const own = { ...address(), jobs: false }
    const [one, other] = [new PostgreSQLBackend(own), new PostgreSQLBackend(own)]
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
      assert.deepEqual(
        (await here.suggest('ev')).map(({ id }) => id),
        [eve],
      )
    } finally {
      for (const backend of [one, other]) done(await backend.disconnect())
    }
    // The index is the database's, and there again.
    const later = new PostgreSQLBackend(own)
    done(await later.connect())
    assert.equal((await new RegistryManager(later).search({ query: 'countess' })).length, 1)
    done(await later.disconnect())
  })

  test('without blobs, content that has no room in the store is refused, and says what to do', async () => {
    const backend = new PostgreSQLBackend(address())
    done(await backend.connect())
    try {
      const large = 'x'.repeat(100_000)
      const message = refused(await backend.create(named('ada', { source: large })), 'UNAVAILABLE')
      assert.match(message, /give it `blobs`/)
      await made(backend, named('ada', { source: 'small' }))
    } finally {
      done(await backend.disconnect())
    }
  })

  test('what cannot be an option is VALIDATION by its name, and a server that is not there UNAVAILABLE', async () => {
    const wrong: readonly [object, string][] = [
      [{ host: 7 }, 'host'],
      [{ port: 0 }, 'port'],
      [{ port: '5432' }, 'port'],
      [{ max: 0 }, 'max'],
      [{ ssl: 'yes' }, 'ssl'],
      [{ replicas: 'a' }, 'replicas'],
      [{ replicas: [7] }, 'replicas[0]'],
      [{ blobs: {} }, 'blobs'],
      [{ url: server.url, host: 'other' }, 'url'],
    ]
    for (const [options, field] of wrong) {
      const { error } = (await new PostgreSQLBackend(options).connect()) as {
        error?: { code: string; field?: string }
      }
      assert.deepEqual([error?.code, error?.field], ['VALIDATION', field])
    }
    const slip = await new PostgreSQLBackend({ pasword: 'x' } as PostgreSQLBackendOptions).connect()
    assert.ok(!slip.ok)
    assert.equal(
      slip.error.message,
      'invalid pasword: there is no such member; there are url, host, port, database, user, password, max, ssl, ' +
        'schema, replicas, blobs, access, limits, kinds, quotas, jobs, cache, report, clock, random, wrap; did you mean password?',
    )
    const away = await new PostgreSQLBackend({ host: '127.0.0.1', port: 1 }).connect()
    assert.ok(!away.ok)
    assert.equal(away.error.code, 'UNAVAILABLE')
  })

  test('blobs that cannot be opened are UNAVAILABLE with what is wrong, and no options of theirs VALIDATION', {
    skip: s3ServerTool.skip,
  }, async () => {
    await using s3 = await startS3Server()
    const { endpoint, credentials } = s3
    const s3Options = { bucket: 'not-there', endpoint, pathStyle: true, credentials }
    const opened = async (
      blobs: () => Promise<Blobs>,
    ): Promise<{ code: string; message: string; field?: string }> => {
      const connected = await new PostgreSQLBackend({ ...address(), blobs }).connect()
      assert.ok(!connected.ok)
      return connected.error as { code: string; message: string; field?: string }
    }
    const missing = await opened(() => openS3Blobs(s3Options))
    assert.equal(missing.code, 'UNAVAILABLE')
    assert.match(missing.message, /^the backend cannot be opened: there is no bucket not-there at /)
    const { accessKeyId, secretAccessKey } = credentials
    const wrong = { ...credentials, secretAccessKey: 'hunter2' }
    const refusedKey = await opened(() => openS3Blobs({ ...s3Options, credentials: wrong }))
    assert.equal(refusedKey.code, 'UNAVAILABLE')
    assert.match(refusedKey.message, /the secret is not that of the access key/)
    assert.doesNotMatch(refusedKey.message, /hunter2/)
    const byName = { bucket: 'lading', endpoint, accessKeyId, secretAccessKey }
    const unknown = await opened(() => openS3Blobs(byName as unknown as S3BlobsOptions))
    assert.deepEqual([unknown.code, unknown.field], ['VALIDATION', 'accessKeyId'])
    assert.match(unknown.message, /there are bucket, .*credentials/)
    const small = await opened(() => openS3Blobs({ ...s3Options, partBytes: 1 }))
    assert.deepEqual([small.code, small.field], ['VALIDATION', 'partBytes'])
    const own = await opened(() => Promise.reject(new Error('the disk is not mounted')))
    assert.deepEqual(
      [own.code, own.message],
      ['UNAVAILABLE', 'the backend cannot be opened: its blobs cannot be: the disk is not mounted'],
    )
  })
})
