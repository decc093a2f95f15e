import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../src/boot/server.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { inputOf } from '../config/given-config.ts'
import { filledFolder } from './filled-folder.ts'
import { runWell } from './run-line.ts'

test('status counts the jobs whose time has come, and writes a limit as it was set', async () => {
  await using filled = await filledFolder()
  const env = { LADING_NAMESPACES: '{"acme":{"quota":{"bytes":"2GiB"}}}' }
  const { out } = await runWell(`status --data ${filled.data}`, { env })
  assert.match(out, /\nFree on the disk: [\d.]+ [KMGTP]iB\n/)
  assert.match(out, /\nJobs: 0 due, 0 running, 0 for later, 0 dead\n/)
  assert.match(out, /\nacme +0\.2 MiB of 2 GiB +1 +1$/)
  const { jobs, freeBytes } = JSON.parse((await runWell(`status --json --data ${filled.data}`)).out)
  assert.deepEqual(jobs, { ready: 0, running: 0, dead: 0, due: 0 })
  assert.ok(freeBytes > 0)
})

test('what runs by the clock is no work that waits', async () => {
  await using filled = await filledFolder()
  const flags = { listen: '127.0.0.1:0', data: filled.data, threads: '1', 'log-level': 'error' }
  const loaded = loadConfig(inputOf({ flags }))
  assert.ok(!('mistakes' in loaded))
  const server = await startServer(loaded.config)
  try {
    const { out } = await runWell(`status --data ${filled.data}`)
    assert.match(out, /\nJobs: 0 due, 0 running, [1-9]\d* for later, 0 dead\n/)
  } finally {
    await server.close()
  }
})
