import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../src/cli/failure.ts'
import { type StartServer, serveWith } from '../../src/cli/serve.ts'
import { invocationIn, TestWorld } from './test-world.ts'

/** A server that stands until it is closed; closing takes until `finish`. */
function standIn(): {
  start: StartServer
  closes: () => number
  finish: () => void
  fail: (error: Error) => void
} {
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>()
  let closes = 0
  const close = (): Promise<void> => {
    closes++
    return closed
  }
  const start: StartServer = async () => ({
    address: '127.0.0.1:7070',
    url: 'http://127.0.0.1:7070',
    close,
    closed,
  })
  return { start, closes: () => closes, finish: resolve, fail: reject }
}

test('says where it listens, and stops once when asked', async () => {
  const world = new TestWorld()
  const { start, closes, finish } = standIn()
  const done = serveWith(start).run(invocationIn(world))
  await world.listened
  assert.deepEqual(world.printed, [
    'Lading listens on http://127.0.0.1:7070',
    'Data folder: /here/lading-data',
    'To push a first image: docker pull hello-world && docker tag hello-world 127.0.0.1:7070/demo/hello-world && docker push 127.0.0.1:7070/demo/hello-world',
  ])
  world.stop('SIGINT')
  // The same keypress, by way of the launcher.
  world.time = 400
  world.stop('SIGINT')
  finish()
  assert.equal(await done, 0)
  assert.deepEqual([closes(), world.exits, world.listening], [1, [], 0])
  assert.deepEqual(world.complained, ['Stopping (SIGINT); once more stops at once.'])
})

test('whoever asks it to stop as soon as it says where it listens is heard', async () => {
  const world = new (class extends TestWorld {
    override out(text: string): void {
      super.out(text)
      this.stop('SIGTERM')
    }
  })()
  const { start, closes, finish } = standIn()
  const done = serveWith(start).run(invocationIn(world))
  finish()
  await world.listened
  assert.deepEqual(world.complained, ['Stopping (SIGTERM); once more stops at once.'])
  assert.deepEqual([await done, closes()], [0, 1])
})

test('says what it stands on, and whether by TLS, without a password', async () => {
  const env = {
    LADING_STORE_URL: 'postgresql://lading:s3cret@db.example/lading?sslmode=verify-full',
    LADING_STORE_REPLICAS: '["postgresql://lading:s3cret@copy.example/lading"]',
    LADING_CACHE_DISK: '/cache',
    LADING_CACHE_REDIS: 'rediss://me:s3cret@cache.example:6379/1',
    LADING_CACHE_MEMCACHED: 'one:11211,two:11211',
  }
  const world = new TestWorld({ env })
  const { start, finish } = standIn()
  const done = serveWith(start).run(invocationIn(world))
  await world.listened
  assert.deepEqual(world.printed.slice(2, -1), [
    'Records: postgresql://db.example/lading (over TLS, verified)',
    'Replicas: postgresql://copy.example/lading (without TLS)',
    'Cache: folder /cache; rediss://cache.example:6379/1 (over TLS, verified); memcached one:11211,two:11211 (without TLS)',
  ])
  world.stop('SIGTERM')
  finish()
  await done
  const other = new TestWorld({ env })
  const again = standIn()
  const ended = serveWith(again.start).run({ ...invocationIn(other), switches: new Set(['json']) })
  await other.listened
  const told = JSON.parse(other.printed.join('')) as Record<string, unknown>
  assert.deepEqual([told['records'], told['recordsWay']], ['postgresql://db.example/lading', 'verified'])
  assert.deepEqual(told['replicas'], [{ place: 'postgresql://copy.example/lading', way: 'plain' }])
  assert.deepEqual(told['cache'], [
    { place: 'folder /cache' },
    { place: 'rediss://cache.example:6379/1', way: 'verified' },
    { place: 'memcached one:11211,two:11211', way: 'plain' },
  ])
  other.stop('SIGTERM')
  again.finish()
  await ended
})

test('a second signal ends at once', async () => {
  const world = new TestWorld()
  const { start, finish } = standIn()
  const done = serveWith(start).run(invocationIn(world))
  await world.listened
  world.stop('SIGTERM')
  world.time = 501
  world.stop('SIGTERM')
  assert.deepEqual(world.exits, [130])
  finish()
  await done
})

test('with --json one line for programs; a public URL is what one pushes to', async () => {
  const world = new TestWorld({ env: { LADING_PUBLIC_URL: 'https://r.example' } })
  const { start, finish } = standIn()
  const done = serveWith(start).run({ ...invocationIn(world), switches: new Set(['json']) })
  await world.listened
  finish()
  assert.equal(await done, 0)
  assert.equal(world.printed.length, 1)
  assert.deepEqual(JSON.parse(world.printed[0]!), {
    address: '127.0.0.1:7070',
    url: 'http://127.0.0.1:7070',
    data: '/here/lading-data',
    push: 'docker pull hello-world && docker tag hello-world r.example/demo/hello-world && docker push r.example/demo/hello-world',
  })
})

test('as long as there is no account it says how the first is made, and who may write until then', async () => {
  const setUp = 'http://localhost:7070/setup?token=swordfish'
  const network = { LADING_LISTEN: '0.0.0.0:7070' }
  const cases: [env: Record<string, string>, until: string[]][] = [
    [{}, ['Anyone who reaches it may write until then; from then on it takes an account.']],
    [network, ['Nobody may write until then.']],
    [{ ...network, LADING_ACCESS_ALLOW_ANONYMOUS_WRITE: 'true' }, []],
  ]
  for (const [env, until] of cases) {
    for (const json of [false, true]) {
      const world = new TestWorld({ env })
      const { start, finish } = standIn()
      const making: StartServer = async (...given) => ({ ...(await start(...given)), setUp })
      const done = serveWith(making).run({ ...invocationIn(world), switches: new Set(json ? ['json'] : []) })
      await world.listened
      finish()
      assert.equal(await done, 0)
      if (json) assert.equal(JSON.parse(world.printed.join('')).setUp, setUp)
      else assert.deepEqual(world.printed.slice(3), [`To make the first account: ${setUp}`, ...until])
    }
  }
})

test('a server that fails while it runs is a failure', async () => {
  const world = new TestWorld()
  const { start, fail } = standIn()
  const done = serveWith(start).run(invocationIn(world))
  await world.listened
  fail(new Error('the disk went away'))
  await assert.rejects(done, /the disk went away/)
})

test('what keeps it from starting is said with what to do', async () => {
  const cases: [error: object, told: RegExp][] = [
    [{ code: 'EADDRINUSE', syscall: 'listen' }, /^127\.0\.0\.1:7070 is taken .*lsof .*7070.* --listen/],
    [{ code: 'EACCES', syscall: 'listen' }, /may not listen on 127\.0\.0\.1:7070; ports below 1024/],
    [{ code: 'EADDRNOTAVAIL', syscall: 'listen' }, /no address of this machine.*--listen/],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, /is not known/],
    [
      { code: 'EACCES', syscall: 'mkdir', path: '/here/lading-data' },
      /^\/here\/lading-data cannot be used.*--data/,
    ],
    [{ code: 'ENOTDIR', syscall: 'open' }, /^\/here\/lading-data is not a folder/],
    [{ code: 'ENOSPC', syscall: 'write' }, /no space left/],
    [{ code: 'ERR_SQLITE_ERROR' }, /^boom: because$/],
    [{}, /^boom: because$/],
  ]
  for (const [properties, told] of cases) {
    const world = new TestWorld()
    const error = Object.assign(new Error('boom', { cause: new Error('because') }), properties)
    const start: StartServer = () => Promise.reject(error)
    await assert.rejects(serveWith(start).run(invocationIn(world)), (thrown) => {
      assert.ok(thrown instanceof Failure)
      assert.match(thrown.message, told)
      assert.equal(thrown.exitCode, 1)
      return true
    })
    assert.deepEqual(world.printed, [])
  }
})

test('a file where the data folder should be is said, whatever the engine makes of it', async () => {
  const world = new TestWorld({ env: { LADING_DATA: import.meta.filename } })
  const start: StartServer = () => Promise.reject(new Error('unable to open database file'))
  const told = {
    name: 'Failure',
    message: `${import.meta.filename} is not a folder; name another one with --data`,
  }
  await assert.rejects(serveWith(start).run(invocationIn(world)), told)
})
