import { once } from 'node:events'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { begin, type Client } from './pushing.ts'
import { blobOf } from './reading.ts'
import type { Wire } from './wire.ts'

const pieceBytes = 64 * 1024
const pieceEveryMs = 200
const unshared = new Agent({ keepAlive: false })

function open(
  { url }: Wire,
  method: string,
  path: string,
  headers: Record<string, string | number>,
): ClientRequest {
  const { hostname: host, port } = new URL(url)
  const out = request({ host, port, method, path, headers, agent: unshared })
  // The connection ends on purpose.
  out.on('error', () => undefined)
  return out
}

/** Unlike `once`, it does not reject where the connection broke. */
const closing = (out: ClientRequest): Promise<void> =>
  new Promise((resolve) => void out.once('close', () => resolve()))

/** Hangs up in the middle of a body that it sends. */
export async function leaveUpload(client: Client, repository: string): Promise<void> {
  const { world, wire } = client
  const location = await begin(client, repository)
  if (location === undefined) return
  const { bytes } = world.fresh(world.chance(2) ? 20_000 : 300_000)
  const out = open(wire, 'PATCH', location, { 'Content-Length': bytes.length })
  const closed = closing(out)
  out.write(bytes.subarray(0, world.random.int(bytes.length)), () => setImmediate(() => out.destroy()))
  await closed
  wire.tally.count('patch upload', 'left')
}

/** Hangs up in the middle of an answer. */
export async function leaveDownload({ world, wire }: Client, repository: string): Promise<void> {
  const out = open(wire, 'GET', blobOf(repository, world.pick(world.of(repository))).path, {})
  const closed = closing(out)
  out.on('response', (response: IncomingMessage) => {
    response.on('error', () => undefined)
    response.once('readable', () => out.destroy())
    response.once('end', () => out.destroy())
  })
  out.end()
  await closed
  wire.tally.count('get blob', 'left')
}

/** Reads one large blob after the other, a little at a time, until it is told to stop. */
export async function readSlowly(
  { wire }: Client,
  path: string,
  size: number,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const out = open(wire, 'GET', path, {})
    out.end()
    try {
      const [response] = (await once(out, 'response', { signal: stop })) as [IncomingMessage]
      const read = await drainSlowly(response, stop)
      if (stop.aborted) break
      wire.tally.count('get blob slowly', response.statusCode ?? 0)
      if (read !== size) wire.tally.say(`get blob slowly: ${read} bytes of ${size} came`)
    } catch (error) {
      if (!stop.aborted) wire.tally.say(`get blob slowly: ${error}`)
    } finally {
      out.destroy()
    }
  }
}

async function drainSlowly(response: IncomingMessage, stop: AbortSignal): Promise<number> {
  let read = 0
  let due = pieceBytes
  for await (const chunk of response) {
    read += (chunk as Buffer).length
    for (; due < read && !stop.aborted; due += pieceBytes) await setTimeout(pieceEveryMs)
    if (stop.aborted) break
  }
  return read
}
