import { setTimeout } from 'node:timers/promises'
import { deleteBlob, deleteManifest, deleteTag } from './deleting.ts'
import { leaveDownload, leaveUpload, readSlowly } from './leaving.ts'
import { abandon, type Client, pushBlob, pushImage, pushIndex } from './pushing.ts'
import { read } from './reading.ts'
import { type Tally, Wire } from './wire.ts'
import type { World } from './world.ts'

const clients = 8
/** With more manifests than that in a repository, the oldest are deleted. */
const enough = 25
const slowBytes = 8_000_000

export interface LoadOptions {
  readonly url: string
  readonly world: World
  readonly tally: Tally
  /** What clients do in a second, all together; a push of an image is one of it, and several requests. */
  readonly rate: number
}

/** Several clients at a steady pace until `stop`; answers once the last of them has its last answer. */
export async function load({ url, world, tally, rate }: LoadOptions, stop: AbortSignal): Promise<void> {
  const every = (1000 * clients) / rate
  const wires = Array.from({ length: clients + 1 }, () => new Wire(url, tally))
  const [first, ...rest] = wires.map((wire): Client => ({ world, wire }))
  await Promise.all([...rest.map((client) => work(client, every, stop)), first && readOneSlowly(first, stop)])
  for (const wire of wires) wire.close()
}

async function work(client: Client, everyMs: number, stop: AbortSignal): Promise<void> {
  let due = performance.now() + client.world.random.int(Math.ceil(everyMs))
  while (!stop.aborted) {
    const early = due - performance.now()
    if (early > 0) await setTimeout(early)
    // Time that was lost is not made good for: the load would come in bursts.
    due = Math.max(due, performance.now() - everyMs) + everyMs
    await act(client)
  }
}

async function act(client: Client): Promise<void> {
  const { world } = client
  const repository = world.repository()
  const choice = world.random.int(100)
  if (choice < 55) return await read(client)
  if (world.of(repository).length > enough) return await deleteManifest(client, repository)
  if (choice < 75) await pushImage(client, repository)
  else if (choice < 79) await pushImage(client, repository, world.pick(world.of(repository)))
  else if (choice < 82) await pushIndex(client, repository)
  else if (choice < 85) await deleteManifest(client, repository)
  else if (choice < 88) await deleteTag(client, repository)
  else if (choice < 91) await deleteBlob(client, repository)
  else if (choice < 94) await abandon(client, repository)
  else if (choice < 97) await leaveUpload(client, repository)
  else await leaveDownload(client, repository)
}

async function readOneSlowly(client: Client, stop: AbortSignal): Promise<void> {
  const blob = client.world.fresh(slowBytes)
  const repository = 'solo'
  if (!(await pushBlob(client, repository, blob))) return
  await keep(client, repository, blob)
  await readSlowly(client, `/v2/${repository}/blobs/${blob.digest}`, blob.bytes.length, stop)
}

/** Under a tag that nobody else moves. */
async function keep(
  { wire }: Client,
  repository: string,
  { digest, bytes }: { readonly digest: string; readonly bytes: Buffer },
): Promise<void> {
  const descriptor = { mediaType: 'application/octet-stream', digest, size: bytes.length }
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const document = { schemaVersion: 2, mediaType, config: descriptor, layers: [descriptor] }
  const path = `/v2/${repository}/manifests/kept`
  const request = {
    method: 'PUT',
    path,
    headers: { 'Content-Type': mediaType },
    body: JSON.stringify(document),
  }
  await wire.send('put manifest', request, [201])
}
