import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  type MemcachedServer,
  memcachedTool,
  startMemcachedServer,
} from '../../kit/servers/memcached-server.ts'
import { startTopology, type Topology, topologySkip } from '../../kit/servers/topology.ts'
import type { LadingProcess } from '../../kit/servers/topology-process.ts'
import { until } from '../../kit/until.ts'
import { addDatabaseUsers } from './database-users.ts'

interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'problem'
  readonly says: string
  readonly mend?: string
}

type Settings = Readonly<Record<string, string>>

/** Nobody listens there. */
const nobody = '127.0.0.1:1'

describe('lading doctor on shared servers', { skip: topologySkip, concurrency: 1 }, () => {
  let topology: Topology
  let lading: LadingProcess
  before(async () => {
    topology = await startTopology({ processes: 1, started: false })
    const [only] = topology.ladings
    assert.ok(only)
    lading = only
    await addDatabaseUsers(topology)
  })
  after(() => topology[Symbol.asyncDispose]())

  async function doctor(settings: Settings = {}, listen = '127.0.0.1:0'): Promise<readonly Finding[]> {
    const words = ['doctor', '--json', '--listen', listen]
    const { stdout, stderr } = await lading.command(words, { ...topology.settings, ...settings })
    assert.equal(stderr, '')
    assert.ok(!stdout.includes(topology.s3.credentials.secretAccessKey), stdout)
    return (JSON.parse(stdout) as { findings: Finding[] }).findings
  }

  const wrong = (findings: readonly Finding[]): Finding[] => findings.filter(({ state }) => state !== 'ok')

  /** One cause, one finding, and it says what mends it. */
  async function one(settings: Settings, check: string, says: RegExp): Promise<void> {
    const found = wrong(await doctor(settings))
    assert.deepEqual(
      found.map((each) => each.check),
      [check],
      JSON.stringify(found),
    )
    assert.match(found[0]?.says ?? '', says)
    assert.equal(found[0]?.mend, undefined)
    assert.equal(found[0]?.state, 'problem')
  }

  const urlOf = (user: string, database = new URL(topology.databaseUrl).pathname): string =>
    `postgres://${user}@${new URL(topology.databaseUrl).host}${database}`

  async function everything(): Promise<unknown> {
    const { database, databaseUrl, s3, bucket } = topology
    const entries = await readdir(s3.pathOf(bucket, ''), { recursive: true, withFileTypes: true })
    return {
      objects: entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name)),
      relations: await database.query(
        `SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace ORDER BY 1, 2`,
        databaseUrl,
      ),
      folder: existsSync(lading.data) ? (await readdir(lading.data)).sort() : undefined,
      beside: (await readdir(dirname(lading.data))).sort(),
    }
  }

  test('where nothing is yet it makes nothing, and claims nothing', async () => {
    const found = await everything()
    for (const settings of [
      {},
      { LADING_BLOBS_BUCKET: '' },
      { LADING_STORE_SCHEMA: 'own' },
      { LADING_STORE_URL: '' },
    ]) {
      const findings = await doctor(settings)
      assert.deepEqual(wrong(findings), [])
      assert.deepEqual(await everything(), found, JSON.stringify(settings))
      const [database] = findings.filter(({ check }) => check === 'database')
      if (settings.LADING_STORE_URL === '') assert.equal(database, undefined)
      else assert.match(database?.says ?? '', /^postgres:.* is empty; the next start makes the tables$/)
    }
  })

  test('a database that a start would refuse, and a user without rights', async () => {
    const { database } = topology
    await database.query(`CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0`)
    await one(
      { LADING_STORE_URL: urlOf('lading', '/latin') },
      'database',
      /keeps text as LATIN1.*ENCODING 'UTF8'/,
    )
    await one(
      { LADING_STORE_URL: urlOf('guest') },
      'database',
      /user "guest" lacks a right .*grant it CREATE/,
    )
    await one({ LADING_STORE_URL: urlOf('guest'), LADING_STORE_SCHEMA: 'own' }, 'database', /lacks a right/)
  })

  test('one cause is told once, in the words that mend it', async () => {
    const { host } = new URL(topology.databaseUrl)
    const cases: [settings: Settings, check: string, says: RegExp][] = [
      [{ LADING_STORE_URL: urlOf('keyed:wrong') }, 'database', /the password is wrong.*check both/],
      [
        { LADING_STORE_URL: `postgres://lading@${host}/missing` },
        'database',
        /has no database "missing": make it/,
      ],
      [
        { LADING_STORE_URL: `postgres://lading@${nobody}/d1` },
        'database',
        /nobody listens at .*start PostgreSQL/,
      ],
      [
        { LADING_BLOBS_BUCKET: 'not-there' },
        'bucket',
        /there is no bucket not-there at .*correct blobs.bucket/,
      ],
      [{ LADING_BLOBS_SECRET_ACCESS_KEY: 'none' }, 'bucket', /correct blobs.secretAccessKey/],
      [{ LADING_BLOBS_ENDPOINT: `http://${nobody}` }, 'bucket', /nobody listens at .*correct blobs.endpoint/],
    ]
    for (const each of cases) await one(...each)
  })

  test('caches and replicas that cannot be used are warnings, with the cause', async () => {
    const { redis } = topology
    const [down] = wrong(await doctor({ LADING_CACHE_REDIS: `redis://user:hidden@${nobody}` }))
    assert.match(
      `${down?.check} ${down?.state}: ${down?.says}`,
      /^caches warning: Redis at 127\.0\.0\.1:1 .*ECONNREFUSED/,
    )
    assert.ok(!JSON.stringify(down).includes('hidden'))
    const [refused] = wrong(
      await doctor({ LADING_CACHE_REDIS: redis.url.replace('//', '//stranger:hidden@') }),
    )
    assert.match(refused?.says ?? '', /^Redis at .* cannot be used: .*WRONGPASS/)
    const open = connect(redis.port, '127.0.0.1')
    try {
      open.write('CONFIG SET requirepass hidden\r\n')
      await once(open, 'data')
      const [closed] = wrong(await doctor())
      assert.match(closed?.says ?? '', /NOAUTH.*the registry works without/)
      open.write('CONFIG SET requirepass ""\r\n')
      await once(open, 'data')
    } finally {
      open.destroy()
    }
    const [replica, primary] = wrong(
      await doctor({
        LADING_STORE_REPLICAS: JSON.stringify([`postgres://lading@${nobody}/d1`, topology.databaseUrl]),
      }),
    )
    assert.match(
      `${replica?.check} ${replica?.state}: ${replica?.says}`,
      /^replicas warning: .* nobody listens at/,
    )
    assert.match(primary?.says ?? '', /follows no other server/)
  })

  test('a Memcached, there and not', { skip: memcachedTool.skip }, async () => {
    await using memcached: MemcachedServer = await startMemcachedServer()
    const findings = await doctor({ LADING_CACHE_MEMCACHED: `${memcached.address},${nobody}` })
    const told = findings.filter(({ check, says }) => check === 'caches' && says.startsWith('Memcached'))
    assert.deepEqual(
      told.map(({ state }) => state),
      ['ok', 'warning'],
    )
    assert.match(told[1]?.says ?? '', /ECONNREFUSED/)
  })

  test('a folder for a cache that keeps a server from starting is a problem', async () => {
    const file = join(dirname(lading.data), 'no-folder')
    await writeFile(file, '')
    const settings = { ...topology.settings, LADING_CACHE_DISK: file }
    const [found] = wrong(await doctor(settings))
    assert.match(`${found?.check} ${found?.state}: ${found?.says}`, /^caches problem: .* is not a folder$/)
    assert.equal((await lading.command(['serve', '--listen', '127.0.0.1:0'], settings)).code, 1)
  })

  test('a registry that has begun: nothing is changed, and other records are not its own', async () => {
    await lading.start()
    await lading.end('SIGTERM')
    const found = await everything()
    const findings = await doctor()
    assert.deepEqual(wrong(findings), [])
    for (const check of ['database', 'bucket', 'owner', 'caches', 'jobs', 'content', 'trash'])
      assert.ok(
        findings.some((each) => each.check === check),
        check,
      )
    assert.deepEqual(await everything(), found)
    const other = await topology.database.database()
    const mixed = wrong(await doctor({ LADING_STORE_URL: other }))
    assert.deepEqual(
      mixed.map(({ check }) => check),
      ['owner'],
    )
    assert.match(mixed[0]?.says ?? '', /another registry's \(sha256:.*there are no records here yet/)
    const elsewhere = {
      ...topology.settings,
      LADING_STORE_URL: other,
      LADING_BLOBS_BUCKET: await topology.s3.bucket(),
    }
    await lading.start({ settings: elsewhere })
    await lading.end('SIGTERM')
    const own = wrong(await doctor({ LADING_STORE_URL: other }))
    assert.match(
      own.map(({ check, says }) => `${check}: ${says}`).join(),
      /^owner: .*the records are those of sha256:/,
    )
    const empty = wrong(await doctor({ LADING_BLOBS_BUCKET: await topology.s3.bucket() }))
    assert.match(
      empty.map(({ check, says }) => `${check}: ${says}`).join(),
      /^owner: .*is at another place than this one: .* and here there is none/,
    )
    const { LADING_BLOBS_BUCKET: _, ...local } = topology.settings
    const here = await lading.command(['doctor', '--json'], local)
    assert.match(here.stdout, /is at another place than this one/)
  })

  test('a user that may read a registry and not write to it', async () => {
    const { database, databaseUrl } = topology
    await database.query('GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest', databaseUrl)
    await one({ LADING_STORE_URL: urlOf('guest') }, 'database', /lacks a right .*grant it SELECT, INSERT/)
  })

  test('commands that know only the folder ask the server that runs there', async () => {
    const bare = await lading.command(['status', '--json'], {})
    assert.equal(bare.code, 1)
    assert.match(bare.stderr, /no lading.db in it; .* where its records are in a database, .* with --config/)
    await lading.start()
    for (const words of [
      ['status', '--json'],
      ['gc', '--json'],
      ['jobs', '--json'],
    ]) {
      const { code, stderr } = await lading.command(words, {})
      assert.deepEqual([code, stderr], [0, ''], words.join(' '))
    }
    const { stdout } = await lading.command(['status', '--json'], {})
    const { running, pid } = JSON.parse(stdout)
    assert.deepEqual([running, pid], [true, lading.pid])
  })

  test('with the database down, the server that runs here is not taken for a stranger', async () => {
    await topology.database.stop()
    try {
      await until(async () => (await fetch(`${lading.url}/readyz`)).status !== 200)
      const found = wrong(await doctor({}, lading.address))
      assert.deepEqual(found.map(({ check }) => check).sort(), ['database', 'port'], JSON.stringify(found))
      const said = (name: string): string => found.find(({ check }) => check === name)?.says ?? ''
      assert.match(said('port'), /^the Lading that listens on .* is not ready: .*store: /)
      assert.match(said('database'), /^nobody listens at/)
    } finally {
      await topology.database.start()
    }
  })
})
