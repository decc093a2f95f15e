import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import { type FaultProxy, faultProxyTool, startFaultProxies } from '../kit/servers/fault-proxy.ts'

/** Answers what it is sent. */
async function echo(): Promise<AsyncDisposable & { readonly upstream: string }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address !== 'string')
  return {
    upstream: `127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What comes back within the time; `closed` where the connection ends before. */
async function said(proxy: FaultProxy, text: string, withinMs: number): Promise<string> {
  const socket = connect(proxy.port, proxy.host)
  let heard = ''
  const answer = new Promise<string>((resolve) => {
    const late = setTimeout(() => resolve('nothing'), withinMs)
    const done = (what: string): void => {
      clearTimeout(late)
      resolve(what)
    }
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      heard += chunk
      if (heard.length >= text.length) done(heard)
    })
    socket.on('error', () => done('closed'))
    socket.on('close', () => done('closed'))
  })
  socket.write(text)
  try {
    return await answer
  } finally {
    socket.destroy()
  }
}

test('the fault proxy cuts, delays, swallows, and recovers from each', {
  skip: faultProxyTool.skip,
}, async () => {
  await using server = await echo()
  await using proxies = await startFaultProxies()
  const proxy = await proxies.add(server.upstream)
  assert.equal(await said(proxy, 'hello', 5_000), 'hello')
  await proxy.cut()
  assert.equal(await said(proxy, 'hello', 5_000), 'closed')
  await proxy.recover()
  await proxy.latency(150)
  const before = performance.now()
  assert.equal(await said(proxy, 'late', 5_000), 'late')
  assert.ok(performance.now() - before >= 150)
  await proxy.recover()
  await proxy.blackHole()
  assert.equal(await said(proxy, 'lost', 200), 'nothing')
  await proxy.recover()
  await proxy.cutAfter(3)
  assert.equal(await said(proxy, 'more than three', 5_000), 'closed')
  await proxy.recover()
  assert.equal(await said(proxy, 'again', 5_000), 'again')
})
