import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { openRedisTier } from '../../../src/adapters/cache/redis/open-redis-tier.ts'
import { CacheTierError } from '../../../src/ports/cache/errors.ts'

test('a clearing ends, though the server never comes to the end of its keys', async () => {
  let scans = 0
  await using server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      // Each command is one list; to all but SCAN the answer is OK.
      for (const command of data
        .toString('latin1')
        .split(/^\*\d+\r\n/m)
        .slice(1)) {
        const isScan = /^\$4\r\nSCAN\r\n/.test(command)
        if (isScan) scans++
        socket.write(isScan ? '*2\r\n$1\r\n7\r\n*0\r\n' : '+OK\r\n')
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const tier = openRedisTier({ url: `redis://127.0.0.1:${port}`, clearTimeoutMs: 200 })
  try {
    await assert.rejects(
      tier.clear(),
      (error) =>
        error instanceof CacheTierError && error.kind === 'timeout' && /does not end/.test(error.message),
    )
    assert.ok(scans > 1, `${scans} steps`)
  } finally {
    await tier.close()
  }
})
