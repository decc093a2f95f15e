import type { Asked } from './registers.ts'
import { graceMs, uploadLifetimeMs } from './server.ts'
import type { Wire } from './wire.ts'
import { type Blob, holdingKey, repositories, type Session, type World } from './world.ts'

export interface Client {
  readonly world: World
  readonly wire: Wire
}

/** Until a sound answer comes, whatever way the content takes. False: the repository may not hold it. */
export async function pushBlob(client: Client, repository: string, blob: Blob): Promise<boolean> {
  const { world } = client
  const elsewhere = repositories.filter(
    (each) => each !== repository && world.registers.possible(holdingKey(each, blob.digest)).has('held'),
  )
  const from = world.chance(2) ? world.pick(elsewhere) : undefined
  if (from !== undefined && (await mount(client, repository, blob, from))) return true
  if (world.chance(3)) return await pushWhole(client, repository, blob)
  const session = await begin(client, repository, blob)
  if (session === undefined) return false
  const chunk = world.pick([blob.size, 200_000, 700_000]) ?? blob.size
  return await goOn(client, session, 0, { chunk, leaveAt: Number.POSITIVE_INFINITY })
}

/** Some chunks of an upload that its client forgets, or takes back. */
export async function abandon(client: Client, repository: string): Promise<void> {
  const { world, wire } = client
  const size = 1_000 + world.random.int(world.pick([20_000, 1_500_000]) ?? 1)
  const session = await begin(client, repository, world.newBlob(size))
  if (session === undefined) return
  const chunk = Math.ceil(size / 4)
  await goOn(client, session, 0, { chunk, leaveAt: chunk * (1 + world.random.int(2)) })
  if (!world.chance(2)) return
  world.sessions.delete(session)
  const reply = await wire.send({ method: 'DELETE', path: session.location })
  world.settle([], reply, { what: 'cancel', done: 204, refusals: [] })
}

/** Takes up an upload that was left, perhaps in an earlier life of the server. */
export async function resume(client: Client): Promise<void> {
  const { world, wire } = client
  const session = world.pick([...world.sessions].filter(({ taken, until }) => !taken && world.now() < until))
  if (session === undefined) return
  session.taken = true
  const reply = await wire.send({ path: session.location })
  const gone = world.now() >= session.until ? [404] : []
  const found = world.settle([], reply, { what: 'status', done: 204, refusals: gone })
  session.taken = false
  if (!found) return
  const offset = offsetOf(reply?.headers['range'])
  if (offset < session.acknowledged) {
    world.say(
      `upload of ${session.blob.digest}: ${offset} bytes, and ${session.acknowledged} were acknowledged`,
    )
  }
  await goOn(client, session, offset, { chunk: 500_000, leaveAt: Number.POSITIVE_INFINITY })
}

export async function deleteBlob(client: Client, repository: string, digest: string): Promise<void> {
  const { world, wire } = client
  const asked = world.registers.ask(holdingKey(repository, digest), '')
  const reply = await wire.send({ method: 'DELETE', path: `/v2/${repository}/blobs/${digest}` })
  world.settle([asked], reply, { what: 'delete blob', done: 202, refusals: [404, 409] })
}

/** Bytes that an upload has, by its `Range` header. */
export function offsetOf(range: string | string[] | undefined): number {
  const end = Number(/^0-(\d+)$/.exec(String(range))?.[1] ?? 0)
  return end === 0 ? 0 : end + 1
}

async function mount(client: Client, repository: string, blob: Blob, from: string): Promise<boolean> {
  const asked = holding(client, repository, blob)
  const path = `/v2/${repository}/blobs/uploads/?mount=${blob.digest}&from=${from}`
  const reply = await client.wire.send({ method: 'POST', path })
  return client.world.settle([asked], reply, { what: 'mount', done: 201, refusals: [202] })
}

async function pushWhole(client: Client, repository: string, blob: Blob): Promise<boolean> {
  const { world, wire } = client
  const asked = holding(client, repository, blob)
  const path = `/v2/${repository}/blobs/uploads/?digest=${blob.digest}`
  const body = world.bytesOf(blob)
  const reply = await wire.send({ method: 'POST', path, body, pace: paceOf(world) })
  return world.settle([asked], reply, { what: 'push whole', done: 201, refusals: [] })
}

async function begin({ world, wire }: Client, repository: string, blob: Blob): Promise<Session | undefined> {
  const until = world.now() + uploadLifetimeMs
  const reply = await wire.send({ method: 'POST', path: `/v2/${repository}/blobs/uploads/` })
  if (!world.settle([], reply, { what: 'begin', done: 202, refusals: [] })) return undefined
  const location = reply?.headers.location ?? ''
  return { repository, blob, location, acknowledged: 0, until, closing: false, taken: false }
}

/** Chunks from `offset` on, the last one with the PUT that closes the upload. */
async function goOn(
  client: Client,
  session: Session,
  offset: number,
  { chunk, leaveAt }: { readonly chunk: number; readonly leaveAt: number },
): Promise<boolean> {
  const { world } = client
  const bytes = world.bytesOf(session.blob)
  session.taken = true
  try {
    let at = offset
    for (; at + chunk < bytes.length; at += chunk) {
      if (at >= leaveAt || !(await patch(client, session, bytes.subarray(at, at + chunk), at))) return false
    }
    return await close(client, session, bytes.subarray(at))
  } finally {
    session.taken = false
  }
}

async function patch({ world, wire }: Client, session: Session, body: Buffer, at: number): Promise<boolean> {
  const until = world.now() + uploadLifetimeMs
  const headers = { 'Content-Range': `${at}-${at + body.length - 1}` }
  const wanted = { method: 'PATCH', path: session.location, headers, body, pace: paceOf(world) }
  const reply = await wire.send(wanted)
  if (!world.settle([], reply, { what: 'patch', done: 202, refusals: [] })) return false
  session.acknowledged = at + body.length
  session.until = until
  session.location = reply?.headers.location ?? session.location
  world.sessions.add(session)
  return true
}

async function close(client: Client, session: Session, body: Buffer): Promise<boolean> {
  const { world, wire } = client
  const asked = holding(client, session.repository, session.blob)
  session.closing = true
  const path = `${session.location}?digest=${session.blob.digest}`
  const reply = await wire.send({ method: 'PUT', path, body, pace: paceOf(world) })
  const done = world.settle([asked], reply, { what: 'close', done: 201, refusals: [] })
  if (reply !== undefined) world.sessions.delete(session)
  return done
}

function holding({ world }: Client, repository: string, { digest }: Blob): Asked {
  return world.registers.ask(holdingKey(repository, digest), 'held', { until: world.now() + graceMs })
}

/** One line in three is slow. */
function paceOf(world: World): number {
  return world.chance(3) ? 1 + world.random.int(10) : 0
}
