import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf } from '../../src/domain/digest-of.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { machineEnvironment } from '../kit/machine-environment.ts'
import { expectStatus } from '../kit/push-image.ts'
import { spawnServer } from '../kit/spawned-server.ts'

const launcher = join(import.meta.dirname, '../../bin/lading.js')
/** Of each file, that of the database's log too. A database without content has some 700 kB. */
const mostBytes = 2_400_000

test('where no file may grow further, large blobs are refused, small ones go on as the log begins anew, and all goes on once it may', async () => {
  const root = await mkdtemp(join(tmpdir(), 'lading-file-size-'))
  const temporary = join(root, 'tmp')
  await mkdir(temporary)
  const limited = `echo "PID $$" && exec prlimit --fsize=${mostBytes}:unlimited "$@"`
  const served = [
    process.execPath,
    launcher,
    'serve',
    '--listen',
    '127.0.0.1:0',
    '--data',
    join(root, 'data'),
  ]
  using server = await spawnServer('sh', ['-c', limited, 'sh', ...served], {
    cwd: root,
    env: {
      ...machineEnvironment(temporary),
      LADING_LOG_FORMAT: 'json',
      LADING_LIMITS_RESERVE_BYTES: '0',
      LADING_LIMITS_MIN_FREE_BYTES: '0',
    },
  })
  try {
    const push = (bytes: Uint8Array): Promise<Answer> =>
      ask(server.url, {
        method: 'POST',
        path: `/v2/acme/app/blobs/uploads/?digest=${digestOf(bytes)}`,
        body: bytes,
      })
    const large = randomBytes(3 * mostBytes)
    const refused = await push(large)
    assert.equal(refused.status, 507, refused.text())
    assert.ok(Number(refused.headers['retry-after']) > 0)

    // More than the log may hold, without the idle moment in which it is brought in.
    const small = Array.from({ length: 96 }, () => randomBytes(12_000))
    for (let at = 0; at < small.length; at += 4) {
      const answers = await Promise.all(small.slice(at, at + 4).map(push))
      assert.deepEqual(
        answers.map(({ status }) => status),
        [201, 201, 201, 201],
        String(answers[0]?.text()),
      )
    }
    assert.match(server.printed(), /disk I\/O error/, 'the log never met the limit')
    for (const bytes of small) {
      const path = `/v2/acme/app/blobs/${digestOf(bytes)}`
      assert.deepEqual((await expectStatus(200, server.url, { path })).body, bytes)
    }

    // More than the database itself may hold: each is there or is not, and all know which.
    const kept: Buffer[] = []
    for (let n = 0; n < 100; n++) {
      const bytes = randomBytes(12_000)
      const answer = await push(bytes)
      if (answer.status === 201) kept.push(bytes)
      else {
        assert.ok([503, 507].includes(answer.status), answer.text())
        assert.ok(Number(answer.headers['retry-after']) > 0)
        break
      }
    }
    assert.ok(kept.length < 100, 'the database never met the limit')
    for (const bytes of kept) {
      const path = `/v2/acme/app/blobs/${digestOf(bytes)}`
      assert.deepEqual((await expectStatus(200, server.url, { path })).body, bytes)
    }

    const pid = String(/^PID (\d+)$/m.exec(server.printed())?.[1])
    assert.equal(spawnSync('prlimit', ['--pid', pid, '--fsize=unlimited:unlimited']).status, 0)
    assert.equal((await push(large)).status, 201)
    await server.end('SIGTERM')
  } finally {
    server[Symbol.dispose]()
    await rm(root, { recursive: true, force: true })
  }
})
