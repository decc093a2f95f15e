import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMemcachedTier } from '../../../src/adapters/cache/memcached/open-memcached-tier.ts'
import { openRedisTier } from '../../../src/adapters/cache/redis/open-redis-tier.ts'
import { tryRedis } from '../../../src/adapters/cache/redis/try-redis.ts'
import { systemClock as clock } from '../../../src/adapters/clock/system/system-clock.ts'
import { cryptoRandom as random } from '../../../src/adapters/random/crypto/crypto-random.ts'
import type { CacheTier } from '../../../src/ports/cache/tier.ts'
import { becomes } from '../../../src/ports/cache/tier-suite/harness.ts'
import { madeCertificate } from '../../cli/made-certificate.ts'
import { freePort } from '../../kit/servers/free-port.ts'
import { redisTool, startRedisServer } from '../../kit/servers/redis-server.ts'
import { tieredOver, works } from './world.ts'

const patient = { timeoutMs: 2_000, writeTimeoutMs: 2_000 }

/** The one reason that the log gives why the tier fails. */
async function reasonOf(tier: CacheTier, options: object = patient): Promise<string> {
  const reasons: unknown[] = []
  const telemetry = {
    count: () => {},
    observe: () => {},
    info: () => {},
    warn: (_message: string, fields?: Readonly<Record<string, unknown>>) =>
      void reasons.push(fields?.['reason']),
  }
  const cache = tieredOver(tier, { ...options, telemetry })
  try {
    await becomes(async () => {
      await cache.get('key')
      return reasons.length > 0
    }, 'a warning')
    return String(reasons[0])
  } finally {
    await cache.close()
  }
}

test('nobody who listens', async () => {
  const port = await freePort()
  const nobody = /cannot be reached: .*ECONNREFUSED/
  assert.match(await reasonOf(openRedisTier({ url: `redis://127.0.0.1:${port}` })), nobody)
  const servers = [`127.0.0.1:${port}`]
  assert.match(await reasonOf(openMemcachedTier({ servers, clock, random })), nobody)
})

test('a Redis that wants another password, or one at all, and one that says nothing', {
  skip: redisTool.skip,
}, async () => {
  await using server = await startRedisServer({ password: 'hunter2' })
  const at = `127.0.0.1:${server.port}`
  assert.match(await reasonOf(openRedisTier({ url: `redis://${at}` })), /^Redis .*NOAUTH/)
  const wrong = await reasonOf(openRedisTier({ url: `redis://:hunter%2F3@${at}` }))
  assert.match(wrong, /^Redis .*WRONGPASS/)
  assert.doesNotMatch(wrong, /hunter/)
  server.freeze()
  const late = await reasonOf(openRedisTier({ url: server.url }), { timeoutMs: 50 })
  assert.equal(late, 'no answer within 50 ms')
})

test('a Redis that is reached by TLS is trusted for its authority, and for nobody else', {
  skip: redisTool.skip,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-redis-tls-'))
  try {
    const tls = madeCertificate(folder, 'redis')
    await using server = await startRedisServer({ tls, password: 'hunter2' })
    const { url } = server
    const ca = await readFile(tls.cert, 'utf8')
    const cache = tieredOver(openRedisTier({ url, ca }), patient)
    await works(cache, 'over TLS').finally(() => cache.close())
    assert.match(await reasonOf(openRedisTier({ url })), /self-signed certificate/)
    const other = await readFile(madeCertificate(folder, 'other').cert, 'utf8')
    assert.match(await reasonOf(openRedisTier({ url, ca: other })), /certificate/)
    await using misnamed = await startRedisServer({ tls: madeCertificate(folder, 'named', 'DNS:db.example') })
    const named = await readFile(join(folder, 'named.crt'), 'utf8')
    assert.match(
      await reasonOf(openRedisTier({ url: misnamed.url, ca: named })),
      /IP: 127\.0\.0\.1 is not in/,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('doctor trusts a Redis by the same authority as a start', {
  skip: redisTool.skip,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-redis-try-'))
  try {
    const tls = madeCertificate(folder, 'redis')
    await using server = await startRedisServer({ tls, password: 'hunter2' })
    const { url } = server
    assert.equal(await tryRedis({ url, ca: await readFile(tls.cert, 'utf8') }, 2_000), undefined)
    assert.match((await tryRedis({ url }, 2_000)) ?? '', /self-signed certificate/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a Redis that repeats the password is not repeated', async () => {
  const says =
    '-ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `hunter/2`\r\n'
  const old = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => socket.write(says))
  })
  try {
    await once(old.listen(0, '127.0.0.1'), 'listening')
    const url = `redis://:hunter%2F2@127.0.0.1:${(old.address() as AddressInfo).port}`
    for (const told of [await tryRedis({ url }, 2_000), await reasonOf(openRedisTier({ url }))]) {
      assert.match(told ?? '', /unknown command `HELLO`/)
      assert.doesNotMatch(told ?? '', /hunter/)
    }
  } finally {
    old.close()
  }
})

test('what the client would pass over is refused', () => {
  assert.throws(() => openRedisTier({ url: 'redis://host', ca: 'own' }), /rediss:, not redis:/)
  assert.throws(() => openRedisTier({ url: 'redis://host?tls=true' }), /has parameters/)
})
