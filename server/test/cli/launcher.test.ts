import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { withoutPinnedNode } from '../kit/packed.ts'

const launcher = join(import.meta.dirname, '../../bin/lading.js')
const env = withoutPinnedNode()
let folder = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-launcher-'))
})

after(() => rm(folder, { recursive: true, force: true }))

test('whatever Node the machine has, Lading runs on the one it is made for', () => {
  const { stdout, stderr, status } = spawnSync('node', [launcher, 'version', '--json'], {
    env,
    encoding: 'utf8',
  })
  assert.deepEqual([status, stderr], [0, ''])
  assert.match(JSON.parse(stdout).node, /^26\./)
})

test('input, arguments and exit code go through', () => {
  const wrong = spawnSync('node', [launcher, 'versoin'], { env, encoding: 'utf8' })
  assert.deepEqual([wrong.status, wrong.stdout], [2, ''])
  assert.match(wrong.stderr, /did you mean version\?/)
  const hashed = spawnSync('node', [launcher, 'passwd', 'alice', '--json'], {
    env,
    encoding: 'utf8',
    input: 'hunter2\n',
  })
  assert.deepEqual([hashed.status, hashed.stderr], [0, ''])
  const { name, passwordHash } = JSON.parse(hashed.stdout)
  assert.equal(name, 'alice')
  const flags = [
    '--users',
    JSON.stringify([{ name, passwordHash }]),
    '--access-write',
    name,
    '--listen',
    '0.0.0.0:0',
  ]
  const config = spawnSync('node', [launcher, 'config', ...flags], { env, cwd: folder, encoding: 'utf8' })
  assert.deepEqual([config.status, config.stderr], [0, ''])
})

interface Started {
  readonly node?: string
  readonly more?: NodeJS.ProcessEnv
  readonly channel?: boolean
}

/** Once it listens. */
async function serving(
  data: string,
  { node = 'node', more = {}, channel = false }: Started = {},
): Promise<{ launched: ChildProcess; url: string }> {
  const flags = ['--listen', '127.0.0.1:0', '--data', join(folder, data), '--log-level', 'error', '--json']
  const launched = spawn(node, [launcher, 'serve', ...flags], {
    env: { ...env, ...more },
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore', ...(channel ? ['ipc' as const] : [])],
  })
  assert.ok(launched.stdout)
  for await (const line of createInterface(launched.stdout)) return { launched, url: JSON.parse(line).url }
  throw new Error('it ended before it listened')
}

test('signals reach the server, which ends well', async () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const { launched, url } = await serving('signals')
    assert.equal((await fetch(`${url}/v2/`)).status, 200)
    launched.kill(signal)
    assert.deepEqual(await once(launched, 'exit'), [0, null], signal)
    await assert.rejects(fetch(`${url}/v2/`))
  }
})

test('a launcher that is killed takes the server with it, and the data folder is free again', async () => {
  const { launched, url } = await serving('killed')
  launched.kill('SIGKILL')
  // The pipe closes when the last process that holds it has ended.
  await once(launched, 'close')
  await assert.rejects(fetch(`${url}/v2/`))
  const again = await serving('killed')
  again.launched.kill('SIGTERM')
  assert.deepEqual(await once(again.launched, 'exit'), [0, null])
})

const noProc = process.platform !== 'linux' && 'processes are looked at in /proc'

test('a server started on that Node bounds its memory, as the same process; unless somebody has thought of that', {
  skip: noProc,
}, async () => {
  const bounds = async (started: Started): Promise<readonly boolean[]> => {
    const { launched, url } = await serving('bounded', { node: process.execPath, ...started })
    const read = (file: string): Promise<string> => readFile(`/proc/${launched.pid}/${file}`, 'utf8')
    const [args, variables] = await Promise.all([read('cmdline'), read('environ')])
    assert.equal((await fetch(`${url}/v2/`)).status, 200)
    launched.kill('SIGTERM')
    assert.deepEqual(await once(launched, 'exit'), [0, null])
    return [
      args.split('\0').includes('--max-semi-space-size=8'),
      variables.split('\0').includes('MALLOC_ARENA_MAX=2'),
    ]
  }
  assert.deepEqual(await bounds({}), [true, true])
  assert.deepEqual(await bounds({ more: { MALLOC_ARENA_MAX: '4' } }), [true, false])
  assert.deepEqual(await bounds({ more: { NODE_OPTIONS: '--max_semi_space_size=32' } }), [false, false])
  assert.deepEqual(await bounds({ channel: true }), [false, false])
})
