import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { hashPassword } from '../../src/adapters/identity/shared/hash-password.ts'
import { secrets } from '../../src/core/ledger/tables.ts'
import { insert } from '../../src/ports/store/change.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { openDataFolder } from '../kit/open-data-folder.ts'
import { type SpawnedServer, spawnServer } from '../kit/spawned-server.ts'
import { until } from '../kit/until.ts'

const launcher = join(import.meta.dirname, '../../bin/lading.js')
const password = 'seven green kettles'
/** Cheap to verify: these tests are not about the cost of guessing. */
const hash = await hashPassword(password, { ln: 4, r: 8, p: 1 })
/** By its name no address of this machine alone, so other machines may come in, as in a container. */
const network = '127.1:0'
let root = ''
let env: NodeJS.ProcessEnv = {}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lading-first-account-'))
  await mkdir(join(root, 'tmp'))
  env = {
    ...machineEnvironment(join(root, 'tmp')),
    LADING_LISTEN: network,
    LADING_THREADS: '2',
    LADING_DATA: join(root, 'data'),
    LADING_LOG_LEVEL: 'debug',
    LADING_LOG_FORMAT: 'json',
  }
})

afterEach(() => rm(root, { recursive: true, force: true }))

/** Once all of its threads listen. */
async function serve(more: NodeJS.ProcessEnv = {}): Promise<SpawnedServer> {
  const server = await spawnServer(process.execPath, [launcher, 'serve'], {
    cwd: root,
    env: { ...env, ...more },
  })
  await until(
    async () => server.printed().includes('"threads":2,') && server.printed().includes('To push a first'),
  )
  return server
}

function lading(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [launcher, ...args], { cwd: root, env, encoding: 'utf8' })
}

async function linkOf(server: SpawnedServer): Promise<string> {
  const line = /^To make the first account: (\S+)$/m
  await until(async () => line.test(server.printed()))
  return line.exec(server.printed())?.[1] ?? ''
}

/** Of connections to every thread; of few where `auth` is wrong, since guesses are counted. */
async function writes(url: string, auth?: string, connections = 12): Promise<number[]> {
  const path = '/v2/acme/app/blobs/uploads/'
  const asked = Array.from({ length: connections }, () =>
    ask(url, { method: 'POST', path, ...(auth === undefined ? {} : { auth }) }),
  )
  return [...new Set((await Promise.all(asked)).map(({ status }) => status))]
}

function open(url: string, link: string, name: string): Promise<Answer> {
  const token = new URL(link).searchParams.get('token') ?? ''
  return ask(url, {
    method: 'POST',
    path: '/setup',
    body: new URLSearchParams({ token, name, email: '', password }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  })
}

async function stop(server: SpawnedServer): Promise<void> {
  assert.equal((await server.end('SIGTERM')).code, 0)
}

test('over the network everybody reads and nobody writes until the link has made an account, on every thread', async () => {
  let link = ''
  {
    using server = await serve()
    link = await linkOf(server)
    assert.ok(link.startsWith(`${server.url}/setup?token=`), link)
    await until(async () => server.printed().includes('\nNobody may write until then.\n'))
    assert.deepEqual(await writes(server.url), [401])
    assert.equal((await ask(server.url, { path: '/v2/_catalog' })).status, 200)
    assert.equal((await open(server.url, link, 'ada')).status, 303)
    assert.deepEqual([await writes(server.url), await writes(server.url, `ada:${password}`)], [[401], [202]])
    assert.equal((await open(server.url, link, 'eve')).status, 403)
    await stop(server)
    const token = new URL(link).searchParams.get('token') ?? ''
    assert.equal(server.printed().split(token).length, 2, 'the log tells the link')
    assert.ok(!server.printed().includes(password), 'the log tells the password')
  }
  using server = await serve()
  assert.deepEqual([await writes(server.url), await writes(server.url, `ada:${password}`)], [[401], [202]])
  const refused = lading('setup-link')
  assert.deepEqual([refused.status, refused.stdout], [1, ''])
  assert.match(refused.stderr, /there are accounts/)
  await stop(server)
  assert.doesNotMatch(server.printed(), /To make the first account|Nobody may write/)
})

test('each start prints a link until there is an account, and one by the command ends those before', async () => {
  const links: string[] = []
  for (const _ of [1, 2]) {
    using server = await serve()
    links.push(await linkOf(server))
    await stop(server)
  }
  using server = await serve()
  links.push(await linkOf(server))
  assert.equal(new Set(links).size, 3)
  const lost = lading('setup-link', '--json')
  assert.equal(lost.status, 0, lost.stderr)
  const { setUp } = JSON.parse(lost.stdout) as { setUp: string }
  assert.ok(setUp.startsWith(`${server.url}/setup?token=`), setUp)
  for (const link of links) assert.equal((await open(server.url, link, 'eve')).status, 403)
  const racing = await Promise.all(['ann', 'bob', 'cy', 'dee'].map((name) => open(server.url, setUp, name)))
  assert.deepEqual(racing.map(({ status }) => status).toSorted(), [303, 403, 403, 403])
  await stop(server)
  assert.ok(!server.printed().includes(setUp), 'the log tells the link of the command')
})

test('on this machine alone anyone writes until the link of any start was used, and nobody without an account from then on', async () => {
  const here = { LADING_LISTEN: '127.0.0.1:0' }
  let link = ''
  {
    using server = await serve(here)
    link = await linkOf(server)
    await stop(server)
  }
  using server = await serve(here)
  assert.notEqual(await linkOf(server), link)
  assert.deepEqual(await writes(server.url), [202])
  assert.equal((await open(server.url, link, 'ada')).status, 303)
  assert.deepEqual([await writes(server.url), await writes(server.url, `ada:${password}`)], [[401], [202]])
  await stop(server)
  assert.match(
    server.printed(),
    /^Anyone who reaches it may write until then; from then on it takes an account\.$/m,
  )
})

test('an administrator of the environment has the first account at once, and changes nothing later', async () => {
  const administrator = (name: string): NodeJS.ProcessEnv => ({
    LADING_ACCESS_ADMINISTRATOR: JSON.stringify({ name, passwordHash: hash }),
  })
  const madeLine = /"name":"root".*"msg":"the first account was made/g
  {
    using server = await serve(administrator('root'))
    assert.deepEqual([await writes(server.url), await writes(server.url, `root:${password}`)], [[401], [202]])
    await stop(server)
    assert.equal(server.printed().match(madeLine)?.length, 1, server.printed())
    assert.doesNotMatch(server.printed(), /To make the first account|Nobody may write/)
    assert.ok(!server.printed().includes(hash), 'the log tells the hash')
  }
  {
    using server = await serve(administrator('root'))
    await stop(server)
    assert.doesNotMatch(server.printed(), /first account|access\.administrator changes/)
  }
  {
    using server = await serve(administrator('eve'))
    assert.deepEqual(
      [await writes(server.url, `eve:${password}`, 2), await writes(server.url, `root:${password}`)],
      [[401], [202]],
    )
    await stop(server)
    assert.equal(server.printed().split('access.administrator changes nothing').length, 2)
  }
  const listed = lading('audit', 'list', '--json')
  assert.equal(listed.status, 0, listed.stderr)
  assert.equal(listed.stdout.split('account.create').length, 2, listed.stdout)
  assert.match(listed.stdout, /system:setup/)
})

test('a registry with a first user of an earlier release starts, lets that one in no more, and prints a link', async () => {
  {
    await using opened = await openDataFolder(join(root, 'data'), Date.now)
    const row = { name: 'first-user admin', bytes: new Uint8Array(Buffer.from(hash)) }
    await opened.core.ledger.keep(async () => ({ value: undefined, changes: [insert(secrets, row)] }))
  }
  using server = await serve()
  const link = await linkOf(server)
  assert.deepEqual(await writes(server.url, `admin:${password}`, 2), [401])
  assert.equal((await open(server.url, link, 'admin')).status, 303)
  assert.deepEqual(await writes(server.url, `admin:${password}`), [202])
  await stop(server)
})
