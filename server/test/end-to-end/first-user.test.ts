import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { ask } from '../kit/http-client.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { type SpawnedServer, spawnServer } from '../kit/spawned-server.ts'

const launcher = join(import.meta.dirname, '../../bin/lading.js')
let root = ''
let env: NodeJS.ProcessEnv = {}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lading-first-user-'))
  await mkdir(join(root, 'tmp'))
  env = {
    ...machineEnvironment(join(root, 'tmp')),
    LADING_LISTEN: '127.0.0.1:0',
    LADING_THREADS: '2',
    LADING_DATA: join(root, 'data'),
    LADING_ACCESS_FIRST_USER: 'admin',
    LADING_LOG_LEVEL: 'debug',
  }
})

afterEach(() => rm(root, { recursive: true, force: true }))

function serve(): Promise<SpawnedServer> {
  return spawnServer(process.execPath, [launcher, 'serve'], { cwd: root, env })
}

function lading(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [launcher, ...args], { cwd: root, env, encoding: 'utf8' })
}

async function statuses(url: string, auth?: string): Promise<number[]> {
  const path = '/v2/acme/app/blobs/uploads/'
  const asked = Array.from({ length: 8 }, () =>
    ask(url, { method: 'POST', path, ...(auth === undefined ? {} : { auth }) }),
  )
  return [...new Set((await Promise.all(asked)).map(({ status }) => status))]
}

test('the password is printed once, writes on every thread, and is replaced while the server runs', async () => {
  let first = ''
  {
    using server = await serve()
    const printed = server.printed()
    first = /^Made the user admin with the password (\S+)$/m.exec(printed)?.[1] ?? ''
    assert.equal(printed.split(first).length, 2, printed)
    assert.deepEqual(await statuses(server.url), [401])
    assert.deepEqual(await statuses(server.url, `admin:${first}`), [202])
    assert.equal((await ask(server.url, { path: '/v2/_catalog' })).status, 200)
    assert.equal((await server.end('SIGTERM')).code, 0)
    assert.equal(server.printed().split(first).length, 2, 'the log tells the password')
  }
  using server = await serve()
  assert.doesNotMatch(server.printed(), /Made the user/)
  assert.deepEqual(await statuses(server.url, `admin:${first}`), [202])

  const renewed = JSON.parse(lading('passwd', '--first-user', '--json').stdout)
  assert.equal(renewed.firstUser, 'admin')
  assert.deepEqual(await statuses(server.url, `admin:${first}`), [401])
  assert.deepEqual(await statuses(server.url, `admin:${renewed.password}`), [202])
  assert.equal((await server.end('SIGTERM')).code, 0)
  assert.match(
    server.printed(),
    /^The first user is admin; `lading passwd --first-user` makes a new password\.$/m,
  )
  assert.ok(!server.printed().includes(renewed.password), 'the log tells the new password')

  const stopped = lading('passwd', '--first-user')
  const last = /^The user admin has the password (\S+) from now on/.exec(stopped.stdout)?.[1]
  assert.ok(last, stopped.stderr)
  using again = await serve()
  assert.deepEqual(await statuses(again.url, `admin:${renewed.password}`), [401])
  assert.deepEqual(await statuses(again.url, `admin:${last}`), [202])
  assert.equal((await again.end('SIGTERM')).code, 0)
})

test('a registry whose configuration has no first user gets no password for one', async () => {
  env = { ...env, LADING_ACCESS_FIRST_USER: '' }
  {
    using server = await serve()
    const refused = lading('passwd', '--first-user')
    assert.deepEqual([refused.status, refused.stdout], [1, ''])
    assert.match(refused.stderr, /access\.firstUser/)
    assert.equal((await server.end('SIGTERM')).code, 0)
  }
  const refused = lading('passwd', '--first-user')
  assert.deepEqual([refused.status, refused.stdout], [1, ''])
  assert.match(refused.stderr, /access\.firstUser/)
})
