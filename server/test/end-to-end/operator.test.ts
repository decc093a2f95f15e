import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeImage } from '../../../conformance/kit/image.ts'
import { openAdminSocket } from '../../src/boot/admin/admin-socket.ts'
import { endlessWork, fakeOperator } from '../kit/fake-operator.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { pushImage } from '../kit/push-image.ts'
import { spawnServer } from '../kit/spawned-server.ts'

const launcher = join(import.meta.dirname, '../../bin/lading.js')

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function lading(root: string, ...args: string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], {
    cwd: root,
    env: machineEnvironment(root),
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

async function inFolder(work: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'lading-operator-'))
  try {
    await work(root)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

test('commands find the server that runs, do without it once it was killed, and find the next one', async () => {
  await inFolder(async (root) => {
    const data = join(root, 'data')
    const serve = ['serve', '--listen', '127.0.0.1:0', '--data', data]
    const server = await spawnServer(process.execPath, [launcher, ...serve], {
      cwd: root,
      env: machineEnvironment(root),
    })
    try {
      await pushImage(server.url, 'acme/app', 'v1', makeImage([100, 200_000]))
      const status = JSON.parse(lading(root, 'status', '--json', '--data', data).stdout)
      assert.deepEqual([status.running, status.total.manifests], [true, 1])
      assert.deepEqual(lading(root, 'backup', 'copy', '--data', data).status, 0)
      const listening = new URL(server.url).host
      const diagnosis = lading(root, 'doctor', '--data', data, '--listen', listening)
      assert.match(
        diagnosis.stdout,
        new RegExp(`\nok +port: the Lading that listens on ${listening} is ready\n`),
      )
      assert.equal(diagnosis.status, 0, diagnosis.stdout)
      await server.end('SIGKILL')
    } finally {
      server[Symbol.dispose]()
    }
    assert.ok(existsSync(join(data, 'admin.sock')), 'nobody was there to take it away')
    const without = JSON.parse(lading(root, 'status', '--json', '--data', data).stdout)
    assert.deepEqual([without.running, without.total.manifests], [false, 1])
    assert.deepEqual(lading(root, 'scrub', '--data', data).status, 0)
    const next = await spawnServer(process.execPath, [launcher, ...serve], {
      cwd: root,
      env: machineEnvironment(root),
    })
    try {
      assert.equal(JSON.parse(lading(root, 'status', '--json', '--data', data).stdout).running, true)
      assert.equal((await next.end('SIGTERM')).code, 0)
    } finally {
      next[Symbol.dispose]()
    }
    assert.equal(existsSync(join(data, 'admin.sock')), false)
  })
})

test('Ctrl-C ends the command, and by that the work in the server', async () => {
  await inFolder(async (data) => {
    await writeFile(join(data, 'lading.db'), '')
    const { work, begun, ended } = endlessWork()
    const { operator } = fakeOperator({ gc: work })
    const socket = await openAdminSocket({
      graceMs: 60_000,
      data,
      operator: async () => operator,
      log: { info: () => undefined, error: () => undefined },
      now: () => 0,
    })
    try {
      const child = spawn(process.execPath, [launcher, 'gc', '--data', data], {
        cwd: data,
        env: machineEnvironment(data),
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let stderr = ''
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString()
      })
      const closed = once(child, 'close')
      await begun
      child.kill('SIGINT')
      assert.deepEqual(await closed, [130, null])
      assert.equal(stderr, 'lading gc: interrupted (SIGINT); what was done stays done\n')
      await ended
    } finally {
      await socket.close()
    }
  })
})
