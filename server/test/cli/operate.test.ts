import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAdminSocket } from '../../src/boot/admin/admin-socket.ts'
import type { Operator } from '../../src/boot/operator.ts'
import type { Screen } from '../../src/cli/world.ts'
import { endlessWork, fakeOperator } from '../kit/fake-operator.ts'
import { runIn, runLine } from './run-line.ts'
import { TestWorld } from './test-world.ts'

interface Stood extends AsyncDisposable {
  readonly data: string
}

/** A folder with a server on it whose operator is another. */
async function standing(operator: Operator): Promise<Stood> {
  const data = await mkdtemp(join(tmpdir(), 'lading-operate-'))
  await writeFile(join(data, 'lading.db'), '')
  const socket = await openAdminSocket({
    graceMs: 60_000,
    data,
    operator: async () => operator,
    log: { info: () => undefined, error: () => undefined },
    now: () => 0,
  })
  return {
    data,
    async [Symbol.asyncDispose]() {
      await socket.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}

class TerminalWorld extends TestWorld {
  readonly screen: Screen = { columns: 60 }
}

test('asked to stop, it ends the work in the server, and says so', async () => {
  const { work, begun, ended } = endlessWork()
  await using stood = await standing(fakeOperator({ gc: work }).operator)
  const world = new TestWorld()
  const running = runIn(world, ['gc', '--data', stood.data])
  await begun
  world.stop('SIGINT')
  // The same keypress, by way of the launcher.
  world.stop('SIGINT')
  const { code, out, err } = await running
  await ended
  assert.deepEqual([code, out, err], [130, '', 'lading gc: interrupted (SIGINT); what was done stays done'])
  assert.deepEqual([world.exits, world.listening], [[], 0])
})

test('asked once more, it does not wait', async () => {
  const begun = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const { operator } = fakeOperator({
    async scrub() {
      begun.resolve()
      await finish.promise
    },
  })
  await using stood = await standing(operator)
  const world = new TestWorld()
  const running = runIn(world, ['scrub', '--data', stood.data])
  await begun.promise
  world.stop('SIGTERM')
  world.time = 501
  world.stop('SIGTERM')
  assert.deepEqual(world.exits, [130])
  finish.resolve()
  await running
})

test('a second one of a sort is told since when the first runs', async () => {
  const { work, begun } = endlessWork()
  await using stood = await standing(fakeOperator({ backup: work }).operator)
  const world = new TestWorld()
  const first = runIn(world, ['backup', '/somewhere', '--data', stood.data])
  await begun
  const line = `backup /elsewhere --json --data ${stood.data}`
  const { code, out, err } = await runLine(line)
  assert.deepEqual([code, out], [1, ''])
  assert.match(JSON.parse(err).error, /^a backup is running already, since 1970-01-01T00:00:00.000Z; wait/)
  world.stop('SIGINT')
  await first
})

test('on a terminal a line tells how far it is, and is gone at the end; elsewhere there is none', async () => {
  const { operator } = fakeOperator({
    async scrub(_options, progress) {
      progress({ phase: 'reading content', done: 1024, of: 4096, unit: 'bytes' })
      return { blobs: 1, bytes: 1, records: 1, files: 1, findings: [], found: {}, sound: true }
    },
  })
  await using stood = await standing(operator)
  const terminal = await runIn(new TerminalWorld(), ['scrub', '--data', stood.data])
  assert.equal(terminal.code, 0)
  assert.equal(terminal.asked, '\r\u001b[Kreading content: 1 KiB of 4 KiB, 25 %\r\u001b[K')
  const piped = await runLine(`scrub --data ${stood.data}`)
  assert.deepEqual([piped.code, piped.asked, piped.err], [0, '', ''])
})

test('paths go to the server as absolute ones', async () => {
  const { operator, asked } = fakeOperator({ backup: () => Promise.reject(new Error('enough')) })
  await using stood = await standing(operator)
  const { code, err } = await runLine(`backup ./copy --data ${stood.data}`)
  assert.deepEqual([code, err], [1, 'lading backup: enough'])
  assert.deepEqual(asked, [{ name: 'backup', options: { folder: '/here/copy', verify: false } }])
})

test('dead jobs are listed with their error, and tried again by id or all at once', async () => {
  const dead = ['a', 'b'].map((id) => ({
    id,
    kind: 'sweep',
    payload: {},
    state: 'dead' as const,
    attempts: 9,
    runAt: 0,
    lastError: 'Error: EIO\n    at somewhere',
  }))
  await using stood = await standing(fakeOperator({}, dead).operator)
  const at = `--data ${stood.data}`
  assert.equal(
    (await runLine(`jobs ${at}`)).out,
    'ID  KIND   TRIES  LAST ERROR\na   sweep      9  Error: EIO\nb   sweep      9  Error: EIO',
  )
  assert.deepEqual(JSON.parse((await runLine(`jobs --json ${at}`)).out), { dead })
  assert.equal((await runLine(`jobs --revive a ${at}`)).out, '1 job will be tried again')
  assert.deepEqual(JSON.parse((await runLine(`jobs --revive all --json ${at}`)).out), { revived: 2 })
  const unknown = await runLine(`jobs --revive c ${at}`)
  assert.deepEqual([unknown.code, unknown.err], [1, 'lading jobs: there is no dead job c; see `lading jobs`'])
})
