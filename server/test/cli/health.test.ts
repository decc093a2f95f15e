import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../src/cli/failure.ts'
import { health } from '../../src/cli/health.ts'
import { nodeHttp } from '../../src/http/node-http.ts'
import { startTestRegistry } from '../kit/test-registry.ts'
import { invocationIn, TestWorld } from './test-world.ts'

async function check(listen: string): Promise<{ code: number; world: TestWorld }> {
  const world = new TestWorld({ env: { LADING_LISTEN: listen } })
  return { code: await health.run(invocationIn(world)), world }
}

test('a ready server is told by 0, nobody by a failure', async () => {
  const registry = await startTestRegistry()
  const { host } = new URL(registry.url)
  try {
    const { code, world } = await check(host)
    assert.deepEqual([code, world.printed, world.complained], [0, ['ready'], []])
  } finally {
    await registry[Symbol.asyncDispose]()
  }
  await assert.rejects(check(host), (error: Failure) => {
    assert.ok(error instanceof Failure)
    assert.equal(error.message, `no Lading answers on ${host}`)
    return true
  })
})

test('every address of the machine is asked on its own one', async () => {
  await using registry = await startTestRegistry()
  const { port } = new URL(registry.url)
  const world = new TestWorld({
    env: { LADING_LISTEN: `0.0.0.0:${port}` },
  })
  assert.equal(await health.run(invocationIn(world)), 0)
})

test('parts that are not well are named, and end it with 1', async () => {
  const server = nodeHttp.createServer((_request, response) => {
    response.writeHead(503).end(JSON.stringify({ parts: { store: 'ok', blobs: 'the disk is read-only' } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  try {
    const { code, world } = await check(`127.0.0.1:${address.port}`)
    assert.deepEqual([code, world.printed, world.complained], [1, [], ['blobs: the disk is read-only']])
  } finally {
    server.close()
  }
})

test('without a port there is nobody to ask', async () => {
  await assert.rejects(check('127.0.0.1:0'), /no port to ask is known/)
})
