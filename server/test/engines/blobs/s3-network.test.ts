import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openS3Blobs } from '../../../src/adapters/blobs/s3/open-s3-blobs.ts'
import type { Blobs } from '../../../src/ports/blobs/blobs.ts'
import { BlobsError } from '../../../src/ports/blobs/errors.ts'
import {
  assertBytes,
  assertRefused,
  bodyOf,
  bytesOf,
  calm,
  digestOf,
  read,
} from '../../../src/ports/blobs/suite/content.ts'
import {
  type FaultProxies,
  type FaultProxy,
  faultProxyTool,
  startFaultProxies,
} from '../../kit/servers/fault-proxy.ts'
import { type S3Server, s3ServerTool, startS3Server } from '../../kit/servers/s3-server.ts'
import { until } from '../../kit/until.ts'
import { optionsOn, partBytes } from './s3-harness.ts'

const skip = s3ServerTool.skip || faultProxyTool.skip
let server: S3Server
let proxies: FaultProxies

before(async () => {
  if (skip !== false) return
  server = await startS3Server()
  proxies = await startFaultProxies()
})
after(async () => {
  await proxies?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

async function opened(): Promise<{ readonly blobs: Blobs; readonly proxy: FaultProxy }> {
  const proxy = await proxies.add(`${server.host}:${server.port}`)
  const blobs = await openS3Blobs(
    optionsOn(server, await server.bucket(), {
      endpoint: `http://${proxy.host}:${proxy.port}`,
      partBytes,
      waits: { connectMs: 300, requestMs: 500, attempts: 2 },
    }),
  )
  return { blobs, proxy }
}

/** Whether it answers again; meanwhile nothing but `transient`. */
async function recovers(blobs: Blobs): Promise<void> {
  await until(async () => {
    try {
      assert.ok(blobs.probe)
      await blobs.probe()
      return true
    } catch (error) {
      assert.ok(error instanceof BlobsError && error.kind === 'transient', String(error))
      return false
    }
  })
}

for (const [name, spoil] of [
  ['is cut', (proxy: FaultProxy) => proxy.cut()],
  ['brings nothing any more', (proxy: FaultProxy) => proxy.blackHole()],
] as const) {
  test(`an append during which the connection ${name} fails in time, and goes on from what is there`, {
    skip,
  }, async () => {
    const { blobs, proxy } = await opened()
    const content = bytesOf(4 * partBytes + 77)
    const file = blobs.name()
    const start = partBytes + 10
    await blobs.append(file, 0, bodyOf(content.subarray(0, start), 500_000), calm)
    async function* spoilt(): AsyncGenerator<Uint8Array> {
      yield content.subarray(start, 2 * partBytes)
      await spoil(proxy)
      yield content.subarray(2 * partBytes)
    }
    const began = performance.now()
    await assertRefused(blobs.append(file, start, spoilt(), calm), 'transient')
    assert.ok(performance.now() - began < 15_000, 'it took too long')
    await assertRefused(blobs.length(file), 'transient')
    await assertRefused(blobs.open(file, undefined, calm), 'transient')
    await proxy.recover()
    await recovers(blobs)
    const kept = await blobs.length(file)
    assert.ok(kept >= start && kept <= content.length, `${kept} bytes are there`)
    await blobs.append(file, kept, bodyOf(content.subarray(kept), 500_000), calm)
    await blobs.seal(file, digestOf(content), calm)
    assertBytes(await read(blobs, file), content, 'the file')
    await blobs.close()
  })
}

test('a read during which the connection is cut goes on by itself', { skip }, async () => {
  const { blobs, proxy } = await opened()
  const content = bytesOf(4 * partBytes)
  const file = blobs.name()
  await blobs.append(file, 0, bodyOf(content, 500_000), calm)
  await blobs.seal(file, digestOf(content), calm)
  await proxy.cutAfter(3_000_000)
  assertBytes(await read(blobs, file), content, 'the file')
  await proxy.recover()
  await blobs.close()
})

test('a server that was killed and comes back has all that was acknowledged', { skip }, async () => {
  const { blobs } = await opened()
  const content = bytesOf(2 * partBytes + 5)
  const [file, half] = [blobs.name(), partBytes + 1234]
  await blobs.append(file, 0, bodyOf(content.subarray(0, half), 500_000), calm)
  await server.kill()
  await assertRefused(blobs.append(file, half, bodyOf(content.subarray(half)), calm), 'transient')
  await server.start()
  await recovers(blobs)
  const kept = await blobs.length(file)
  assert.equal(kept, half)
  await blobs.append(file, kept, bodyOf(content.subarray(kept), 500_000), calm)
  await blobs.seal(file, digestOf(content), calm)
  assertBytes(await read(blobs, file), content, 'the file')
  await blobs.close()
})
