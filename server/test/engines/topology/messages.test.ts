import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { schema } from '../../../src/boot/schema.ts'
import { schemaVersion } from '../../../src/ports/store/table.ts'
import { startTopology, type Topology, topologySkip } from '../../kit/servers/topology.ts'
import type { LadingProcess } from '../../kit/servers/topology-process.ts'
import { until } from '../../kit/until.ts'
import { startFront } from '../blobs/s3-front.ts'
import { addDatabaseUsers } from './database-users.ts'

const secret = 'a-password-of-nobody'
const serve = ['serve', '--listen', '127.0.0.1:0']

describe('a server that cannot start says why, and ends with 1', {
  skip: topologySkip,
  concurrency: 1,
}, () => {
  let topology: Topology
  let lading: LadingProcess
  before(async () => {
    topology = await startTopology({ processes: 1, started: false })
    const [only] = topology.ladings
    assert.ok(only)
    lading = only
    const { database } = topology
    await database.query('CREATE ROLE reader LOGIN')
    await database.query('ALTER ROLE reader SET default_transaction_read_only = on')
    await addDatabaseUsers(topology)
  })
  after(() => topology[Symbol.asyncDispose]())

  const urlOf = (user: string, more = ''): string => {
    const url = new URL(topology.databaseUrl)
    return `postgres://${user}@${url.host}${url.pathname}${more}`
  }

  async function refused(settings: Readonly<Record<string, string>>, says: RegExp): Promise<void> {
    const { code, stdout, stderr } = await lading.command(serve, { ...topology.settings, ...settings })
    assert.match(stderr, says)
    assert.deepEqual([code, stdout], [1, ''])
    assert.ok(!stderr.includes('    at '), `a stack says nothing to an operator: ${stderr}`)
    assert.ok(stderr.trim().split('\n').length <= 2, stderr)
    for (const hidden of [secret, topology.s3.credentials.secretAccessKey])
      assert.ok(!stderr.includes(hidden), stderr)
  }

  test('a wrong password', () =>
    refused({ LADING_STORE_URL: urlOf(`keyed:${secret}`) }, /refuses user "keyed": the password is wrong/))

  test('TLS that the database does not speak', () =>
    refused({ LADING_STORE_URL: urlOf('lading', '?sslmode=verify-full') }, /speaks no TLS/))

  test('a URL whose TLS is misspelt, or asked for in the driver’s own way, of which nothing is said', async () => {
    const misspelt = urlOf('lading', '?sslmod=verify-full&frobnicate=1')
    await refused({ LADING_STORE_URL: misspelt }, /"sslmod", which .*did you mean sslmode\?/)
    await refused({ LADING_STORE_URL: urlOf('lading', '?sslmode=prefer') }, /goes without TLS/)
    await refused({ LADING_STORE_URL: urlOf('lading', '?sslmode=require') }, /speaks no TLS/)
  })

  test('a replica and a cache that cannot be used are in the log, with the cause, and in what it says at its start', async () => {
    const { settings } = topology
    const replica = urlOf(`keyed:${secret}`)
    const redis = `redis://:${secret}@127.0.0.1:1`
    await lading.start({
      settings: {
        ...settings,
        LADING_STORE_REPLICAS: JSON.stringify([replica]),
        LADING_CACHE_REDIS: redis,
        LADING_THREADS: '1',
      },
    })
    try {
      const missing = `/v2/acme/app/manifests/sha256:${'0'.repeat(64)}`
      await until(async () => {
        await (await fetch(`${lading.url}${missing}`)).arrayBuffer()
        return (
          /a tier of the cache fails/.test(lading.printed()) &&
          /a copy of the database/.test(lading.printed())
        )
      })
      const printed = lading.printed()
      assert.match(printed, /a copy of the database cannot be read from.*/)
      assert.match(printed, /refuses user \\?"keyed\\?": the password is wrong/)
      assert.match(printed, /ECONNREFUSED/)
      assert.match(printed, /^Records: postgres:\/\/127\.0\.0\.1:\d+\/\w+ \(without TLS\)$/m)
      assert.match(printed, /^Cache: redis:\/\/127\.0\.0\.1:1 \(without TLS\)$/m)
      assert.ok(!printed.includes(secret), printed)
    } finally {
      await lading.end('SIGTERM')
    }
  })

  test('a user that may only read, and one without rights', async () => {
    await refused({ LADING_STORE_URL: urlOf('reader') }, /read only/)
    await refused({ LADING_STORE_URL: urlOf('guest') }, /user "guest" lacks a right/)
  })

  test('a database that is not there, and a server that is not', async () => {
    const { host } = new URL(topology.databaseUrl)
    await refused({ LADING_STORE_URL: `postgres://lading@${host}/missing` }, /has no database "missing"/)
    await refused({ LADING_STORE_URL: 'postgres://lading@127.0.0.1:1/d1' }, /127\.0\.0\.1:1/)
  })

  test('a bucket that is not there, wrong keys, and an endpoint without TLS', async () => {
    await refused({ LADING_BLOBS_BUCKET: 'not-there' }, /there is no bucket not-there at/)
    await refused({ LADING_BLOBS_SECRET_ACCESS_KEY: secret }, /the secret is not that of the access key/)
    await refused({ LADING_BLOBS_ENDPOINT: `https://127.0.0.1:${topology.s3.port}` }, /does not speak TLS/)
  })

  test('content elsewhere than where the registry has it: in another bucket, or in a folder of its own', async () => {
    const own = {
      LADING_STORE_URL: await topology.database.database(),
      LADING_BLOBS_BUCKET: await topology.s3.bucket(),
    }
    await lading.start({ settings: { ...topology.settings, ...own } })
    assert.equal((await lading.end('SIGTERM')).code, 0)
    const { LADING_BLOBS_BUCKET: _, ...local } = topology.settings
    const elsewhere = /the content of this registry is at another place than this one/
    await refused({ ...own, LADING_BLOBS_BUCKET: await topology.s3.bucket() }, elsewhere)
    const { code, stderr } = await lading.command(serve, { ...local, LADING_STORE_URL: own.LADING_STORE_URL })
    assert.match(stderr, elsewhere)
    assert.equal(code, 1)
    await lading.start({ settings: { ...topology.settings, ...own } })
    assert.equal((await lading.end('SIGTERM')).code, 0)
  })

  test('a data folder that another server has, whose socket stays', async () => {
    await lading.start()
    const status = (): ReturnType<LadingProcess['command']> => lading.command(['status', '--json'])
    assert.equal((await status()).code, 0)
    await refused({}, /the data folder \S+ is in use by another running Lading/)
    const { code, stdout, stderr } = await status()
    assert.equal(code, 0, stderr)
    assert.ok(JSON.parse(stdout))
    assert.equal((await lading.end('SIGTERM')).code, 0)
  })

  test('no right to write to the bucket', async () => {
    await using front = await startFront(topology.s3)
    front.fault = ({ method }) =>
      method === 'PUT' ? { do: 'fail', status: 403, code: 'AccessDenied' } : { do: 'pass' }
    await refused({ LADING_BLOBS_ENDPOINT: front.endpoint }, /has no right s3:PutObject to the bucket/)
  })

  test('records of a newer release; those of an older one are brought forward by a start', async () => {
    const { database, databaseUrl } = topology
    const now = schemaVersion(schema)
    await lading.start()
    await lading.end('SIGTERM')
    await database.query(`UPDATE lading_state SET value = '${now + 1}' WHERE name = 'version'`, databaseUrl)
    await refused(
      {},
      new RegExp(`is at schema version ${now + 1}, .*knows versions up to ${now}: start the newer`),
    )
    await database.query(`UPDATE lading_state SET value = '${now}' WHERE name = 'version'`, databaseUrl)
    const down = await lading.command(['migrate', 'down', '--to', String(now - 1), '--yes'])
    assert.equal(down.code, 0, down.stderr)
    await lading.start()
    assert.equal((await lading.end('SIGTERM')).code, 0)
    const status = JSON.parse((await lading.command(['migrate', 'status', '--json'])).stdout)
    assert.deepEqual([status.version, status.differences], [now, []])
  })
})
