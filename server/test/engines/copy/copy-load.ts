import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Image, makeImage } from '../../../../conformance/kit/image.ts'
import { assertServes, statusOf } from '../../../../conformance/kit/registry-reader.ts'
import { systemClock } from '../../../src/adapters/clock/system/system-clock.ts'
import { copiedState } from '../../core/care/copy/copy-world.ts'
import { checkInvariants } from '../../core/invariants.ts'
import { machineEnvironment } from '../../kit/machine-environment.ts'
import { openDataFolder } from '../../kit/open-data-folder.ts'
import { expectStatus, pushImage } from '../../kit/push-image.ts'
import { type SpawnedServer, spawnServer } from '../../kit/spawned-server.ts'
import { until } from '../../kit/until.ts'

const launcher = join(import.meta.dirname, '../../../bin/lading.js')
const deadlineMs = 120_000

/** What was deleted goes as fast as the settings allow, while it is copied. */
const hurried = ['trash-delay', 'cleanup-interval', 'collect-interval', 'sweep-interval']

/** A server in processes of its own, of these flags. `root` has a folder `tmp`. */
export function serve(root: string, ...flags: readonly string[]): Promise<SpawnedServer> {
  const quick = hurried.flatMap((name) => [`--limits-${name}`, '1s'])
  const args = [launcher, 'serve', '--listen', '127.0.0.1:0', '--limits-grace-time', '5s', ...quick, ...flags]
  return spawnServer(process.execPath, args, { cwd: root, env: machineEnvironment(join(root, 'tmp')) })
}

export interface Command {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly printed: string }>
}

export function lading(root: string, ...args: readonly string[]): Command {
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

/** What it printed. */
export async function succeed(root: string, ...args: readonly string[]): Promise<string> {
  const { code, printed } = await lading(root, ...args).ended
  assert.equal(code, 0, `lading ${args.join(' ')}: ${printed}`)
  return printed
}

/** The commands of the move that the guide describes, as they stand there, and the places that they name. */
export function guideSteps(): { readonly copies: readonly string[][]; readonly serve: string[] } {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/guide/moving.md'), 'utf8')
  const steps = page.slice(page.indexOf('## While it serves'), page.indexOf('| ends with |'))
  const commands = [...steps.matchAll(/^ *npx lading (.*)$/gm)].map(([, words = '']) => words.split(' '))
  const [first = [], second = [], serving = [], ...more] = commands
  assert.deepEqual([first[0], second[0], serving[0], more], ['copy', 'copy', 'serve', []])
  return { copies: [first, second], serve: serving.slice(1) }
}

/**
 * Moves the registry in `lading-data` of `root` to where `lading.target.yaml` says, as the guide does, with pushes, moved
 * tags and deletions before, during and after the first step. `stateOfTarget`: of what is there after the second.
 */
export async function moveByGuide(root: string, stateOfTarget: () => Promise<object>): Promise<void> {
  const { copies, serve: serving } = guideSteps()
  const [first = [], second = []] = copies
  const old = await serve(root, '--data', join(root, 'lading-data'))
  let [kept, before]: [readonly Pushed[], string] = [[], '']
  try {
    const load = new Load(old.url)
    await until(async () => load.pushes >= 6)
    before = await succeed(root, ...first)
    const during = load.pushes
    // More than each client deletes one after the other.
    await until(async () => load.pushes >= during + 9)
    kept = await load.stop()
    const refused = await lading(root, 'serve', '--listen', '127.0.0.1:0', ...serving).ended
    assert.equal(refused.code, 1)
    assert.match(refused.printed, /target of a copy .* again, without --keep-open, until it ends with 0/)
    await old.end('SIGTERM')
  } finally {
    old[Symbol.dispose]()
  }
  assert.match(before, /stays open/)
  const { whole, copied, content } = JSON.parse(await succeed(root, ...second, '--json'))
  assert.equal(whole, true)
  assert.ok(copied.files > 0 && copied.files < content.files, `${copied.files} of ${content.files} were new`)
  assert.deepEqual(await stateOfTarget(), await stateOf(join(root, 'lading-data')))
  const again = await lading(root, ...second).ended
  assert.match(again.printed, /a copy of this one that has ended/)
  using moved = await serve(root, ...serving)
  assert.ok(kept.length > 0)
  for (const { repository, tag, image } of kept) await assertServes(moved.url, repository, tag, image)
  await moved.end('SIGTERM')
}

/** The place of a registry, as a command takes it. */
export type Place = readonly [flag: '--data' | '--config', place: string]

/** Until the server on the place has sealed all that was done: it writes by itself while there is something to seal. */
export async function untilSealed(root: string, ...place: Place): Promise<void> {
  await until(async () => {
    const { unsealed } = JSON.parse(await succeed(root, 'audit', 'verify', ...place, '--json'))
    return unsealed.count === 0
  })
}

/** What a data folder that no server runs on holds, of what a copy copies; its records contradict nothing. */
export async function stateOf(folder: string): Promise<object> {
  await using opened = await openDataFolder(folder, () => systemClock.now())
  await checkInvariants(opened.core)
  return await copiedState({ store: opened.store, blobs: opened.core.blobs })
}

export interface Pushed {
  readonly repository: string
  readonly tag: string
  readonly image: Image
}

/** Clients that push, move a tag along, and delete some of what they pushed, until they are told to stop. */
export class Load {
  readonly #url: string
  readonly #kept: Pushed[] = []
  readonly #clients: Promise<void>
  #stopping = false
  pushes = 0

  constructor(url: string, clients = 3) {
    this.#url = url
    this.#clients = Promise.all(Array.from({ length: clients }, (_, n) => this.#client(`load/${n}`))).then(
      () => undefined,
    )
    // Told by `stop`.
    this.#clients.catch(() => undefined)
  }

  /** What stands then: every push that was acknowledged and not deleted. */
  async stop(): Promise<readonly Pushed[]> {
    this.#stopping = true
    await this.#clients
    return this.#kept
  }

  async #client(repository: string): Promise<void> {
    for (let n = 0; !this.#stopping; n++) {
      const image = makeImage([100, 90_000])
      await pushImage(this.#url, repository, `v${n}`, image)
      await pushImage(this.#url, repository, 'latest', image)
      this.pushes++
      if (n % 3 === 1) await this.#delete(repository, image)
      else this.#kept.push({ repository, tag: `v${n}`, image })
    }
  }

  /** With all it named, at once, so that files go to the trash. */
  async #delete(repository: string, { manifest, config, layers }: Image): Promise<void> {
    const path = `/v2/${repository}`
    await expectStatus(202, this.#url, { method: 'DELETE', path: `${path}/manifests/${manifest.digest}` })
    for (const { digest } of [config, ...layers]) {
      // The collector may have been quicker.
      const status = await statusOf(this.#url, `${path}/blobs/${digest}`, 'DELETE')
      assert.ok(status === 202 || status === 404, `${status}`)
    }
  }
}
