import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type Image, makeImage } from '../../../conformance/kit/image.ts'
import { assertServes, readTags, statusOf } from '../../../conformance/kit/registry-reader.ts'
import { systemClock } from '../../src/adapters/clock/system/system-clock.ts'
import { files, holds, uploads } from '../../src/core/content/tables.ts'
import { allRows, checkInvariants } from '../core/invariants.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { openDataFolder } from '../kit/open-data-folder.ts'
import { beginUpload, expectStatus, pushChunk, pushImage } from '../kit/push-image.ts'
import { type SpawnedServer, spawnServer } from '../kit/spawned-server.ts'

const launcher = join(import.meta.dirname, '../../bin/lading.js')
const deadlineMs = 60_000
let root = ''
let data = ''
let copy = ''

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lading-backup-'))
  data = join(root, 'data')
  copy = join(root, 'copy')
  await mkdir(join(root, 'tmp'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

/** Content goes as fast as the settings allow, while clients push. */
const hurried = ['trash-delay', 'cleanup-interval', 'collect-interval', 'sweep-interval']
/** A push on a busy machine takes longer than a second, and what it has not named yet must stay. */
const graceTime = '5s'

function serve(folder = data): Promise<SpawnedServer> {
  const quick = hurried.flatMap((name) => [`--limits-${name}`, '1s'])
  const grace = ['--limits-grace-time', graceTime]
  const args = [launcher, 'serve', '--listen', '127.0.0.1:0', '--data', folder, ...quick, ...grace]
  return spawnServer(process.execPath, args, { cwd: root, env: machineEnvironment(join(root, 'tmp')) })
}

interface Command {
  readonly child: ChildProcess
  readonly ended: Promise<{ code: number | null; printed: string }>
}

function command(...args: string[]): Command {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: root,
    env: machineEnvironment(join(root, 'tmp')),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, printed }))
  return { child, ended }
}

async function succeed(...args: string[]): Promise<string> {
  const { code, printed } = await command(...args).ended
  assert.equal(code, 0, `lading ${args.join(' ')}: ${printed}`)
  return printed
}

/** What one client pushed, in its own repository, and what became of it. */
interface Pushed {
  readonly repository: string
  readonly tag: string
  readonly image: Image
  deleted: boolean
}

/** Pushes images, moves a tag along, and deletes some that are older, until it is told to stop. */
class Client {
  readonly acknowledged: Pushed[] = []
  readonly #url: string
  readonly #repository: string
  readonly #ended: Promise<void>
  #stopping = false

  constructor(url: string, name: string) {
    this.#url = url
    this.#repository = `load/${name}`
    this.#ended = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#ended
  }

  async #run(): Promise<void> {
    for (let n = 0; !this.#stopping; n++) {
      const pushed = {
        repository: this.#repository,
        tag: `v${n}`,
        image: makeImage([100, 90_000]),
        deleted: false,
      }
      await pushImage(this.#url, pushed.repository, pushed.tag, pushed.image)
      this.acknowledged.push(pushed)
      if (n % 3 === 2) await this.#delete(this.acknowledged[n - 1] as Pushed)
    }
  }

  /** With all it named, at once, so that files go to the trash. */
  async #delete(pushed: Pushed): Promise<void> {
    pushed.deleted = true
    const { manifest, config, layers } = pushed.image
    const path = `/v2/${pushed.repository}`
    await expectStatus(202, this.#url, { method: 'DELETE', path: `${path}/manifests/${manifest.digest}` })
    for (const { digest } of [config, ...layers]) {
      // The collector may have been quicker.
      const status = await statusOf(this.#url, `${path}/blobs/${digest}`, 'DELETE')
      assert.ok(status === 202 || status === 404, `${status}`)
    }
  }
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, `${what} did not come to be`)
    await setTimeout(10)
  }
}

async function assertSound(folder: string): Promise<void> {
  await using opened = await openDataFolder(folder, () => systemClock.now())
  await checkInvariants(opened.core)
  const { store } = opened.core
  assert.deepEqual(await allRows(store, holds), [])
  assert.deepEqual(await allRows(store, uploads), [])
  assert.deepEqual([...new Set((await allRows(store, files)).map(({ state }) => state))], ['blob'])
}

test('a backup under load gives back every push acknowledged before it, and nothing half of a later one', async () => {
  const kept: Pushed[] = []
  let all: Pushed[] = []
  {
    using server = await serve()
    const clients = ['one', 'two', 'three'].map((name) => new Client(server.url, name))
    const unfinished = await beginUpload(server.url, 'load/half')
    await pushChunk(server.url, unfinished, Buffer.alloc(200_000, 'half'), 0)
    await until('some pushes', () => clients.every(({ acknowledged }) => acknowledged.length >= 6))
    for (let round = 0; round < 2; round++) {
      const before = clients.flatMap(({ acknowledged }) => acknowledged)
      const counts = clients.map(({ acknowledged }) => acknowledged.length)
      await succeed('backup', copy, '--data', data)
      // What nobody asked to delete until the backup had ended.
      kept.splice(0, kept.length, ...before.filter(({ deleted }) => !deleted))
      await until('pushes after the backup', () =>
        clients.every(({ acknowledged }, at) => acknowledged.length > (counts[at] ?? 0) + 1),
      )
    }
    await Promise.all(clients.map((client) => client.stop()))
    all = clients.flatMap(({ acknowledged }) => acknowledged)
    await server.end('SIGKILL')
  }
  assert.ok(kept.length >= 12, `${kept.length} of ${all.length}`)
  await rm(data, { recursive: true })
  assert.match(await succeed('restore', copy, '--data', data), /[1-9]\d* unfinished uploads? will begin anew/)
  await assertSound(data)
  using server = await serve()
  for (const { repository, tag, image } of kept) await assertServes(server.url, repository, tag, image)
  let later = 0
  for (const one of all) {
    if (kept.includes(one)) continue
    if (!(await readTags(server.url, one.repository)).includes(one.tag)) continue
    later++
    await assertServes(server.url, one.repository, one.tag, one.image)
  }
  assert.ok(later < all.length - kept.length, 'nothing was pushed after the backup')
  await pushImage(server.url, 'load/one', 'after', makeImage([90_000]))
  await server.end('SIGTERM')
})

test('a server that is killed while it brings a backup up to date leaves the earlier one, or the later', async () => {
  const first = Array.from({ length: 6 }, () => makeImage([80_000]))
  const second = Array.from({ length: 16 }, () => makeImage([80_000]))
  {
    using server = await serve()
    for (const [n, image] of first.entries()) await pushImage(server.url, 'acme/app', `first-${n}`, image)
    await succeed('backup', copy, '--data', data)
    for (const [n, image] of second.entries()) await pushImage(server.url, 'acme/app', `second-${n}`, image)
    const count = async (): Promise<number> => (await readdir(copy, { recursive: true })).length
    const before = await count()
    const backup = command('backup', copy, '--data', data)
    await until('a part of the second backup', async () => (await count()) > before)
    await server.end('SIGKILL')
    const { code, printed } = await backup.ended
    assert.notEqual(code, 0, `the backup was quicker than the kill: ${printed}`)
  }
  await rm(data, { recursive: true })
  await succeed('restore', copy, '--data', data)
  await assertSound(data)
  {
    using server = await serve()
    for (const [n, image] of first.entries()) await assertServes(server.url, 'acme/app', `first-${n}`, image)
    const tags = await readTags(server.url, 'acme/app')
    assert.ok([first.length, first.length + second.length].includes(tags.length), `${tags}`)
    // The folder that was left half up to date is brought up to date, and has nothing else then.
    await succeed('backup', copy, '--data', data)
    await server.end('SIGTERM')
  }
  assert.deepEqual(
    (await readdir(copy, { recursive: true })).filter((name) => name.endsWith('.partial')),
    [],
  )
})

test('no server starts on half of a restore; another restore makes it whole', async () => {
  const images = Array.from({ length: 24 }, () => makeImage([80_000]))
  {
    using server = await serve()
    for (const [n, image] of images.entries()) await pushImage(server.url, 'acme/app', `v${n}`, image)
    await succeed('backup', copy, '--data', data)
    await server.end('SIGTERM')
  }
  const target = join(root, 'target')
  const restore = command('restore', copy, '--data', target)
  await until('a part of the restore', () => existsSync(join(target, 'blobs')))
  restore.child.kill('SIGKILL')
  await restore.ended
  assert.equal(existsSync(join(target, 'lading.db')), false, 'the restore was quicker than the kill')
  const { code, printed } = await command('serve', '--listen', '127.0.0.1:0', '--data', target).ended
  assert.notEqual(code, 0)
  assert.match(printed, /interrupted.*lading restore/s)
  await succeed('restore', copy, '--data', target)
  await assertSound(target)
  const refused = await command('restore', copy, '--data', target).ended
  assert.notEqual(refused.code, 0)
  assert.match(refused.printed, /holds a registry already/)
  using server = await serve(target)
  for (const [n, image] of images.entries()) await assertServes(server.url, 'acme/app', `v${n}`, image)
  await server.end('SIGTERM')
  assert.equal(JSON.parse(await readFile(join(copy, 'backup.json'), 'utf8')).files.count, images.length)
})
