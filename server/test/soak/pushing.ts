import type { Wire } from './wire.ts'
import { type Content, contentOf, type Pushed, repositories, tags, type World } from './world.ts'

export interface Client {
  readonly world: World
  readonly wire: Wire
}

const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const octets = { 'Content-Type': 'application/octet-stream' }
const chunkBytes = 512 * 1024

const describe = (mediaType: string, { digest, bytes }: Content): object => ({
  mediaType,
  digest,
  size: bytes.length,
})

/** A config, one or two layers of its own and a common one; `subject`: what it speaks of. */
export async function pushImage(client: Client, repository: string, subject?: Pushed): Promise<void> {
  const { world } = client
  const config = world.fresh(300)
  const layers = [world.fresh(1_000 + world.random.int(30_000))]
  if (world.chance(3)) layers.push(world.fresh(80_000 + world.random.int(200_000)))
  if (world.chance(60)) layers.push(world.fresh(3_000_000))
  const base = world.pick(world.bases)
  for (const blob of [config, ...layers]) if (!(await pushBlob(client, repository, blob))) return
  if (base !== undefined && (await provideBase(client, repository, base))) layers.push(base)
  const document = {
    schemaVersion: 2,
    mediaType: imageType,
    config: describe('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((layer) => describe('application/vnd.oci.image.layer.v1.tar', layer)),
    ...(subject !== undefined && {
      artifactType: 'application/vnd.acme.note',
      subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    }),
  }
  const largest = layers.toSorted((a, b) => b.bytes.length - a.bytes.length)[0] as Content
  const blob = { digest: largest.digest, size: largest.bytes.length }
  await putManifest(client, repository, {
    document,
    mediaType: imageType,
    blob,
    tagged: subject === undefined,
  })
}

export async function pushIndex(client: Client, repository: string): Promise<void> {
  const { world } = client
  const known = world.of(repository).filter(({ mediaType }) => mediaType === imageType)
  const children = new Set([world.pick(known), world.pick(known)].filter((each) => each !== undefined))
  const document = {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [...children].map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  }
  // What it names may have been deleted meanwhile.
  await putManifest(client, repository, { document, mediaType: indexType, tagged: true, refusals: [400] })
}

async function putManifest(
  { world, wire }: Client,
  repository: string,
  manifest: {
    readonly document: object
    readonly mediaType: string
    readonly blob?: { readonly digest: string; readonly size: number }
    readonly tagged: boolean
    readonly refusals?: readonly number[]
  },
): Promise<void> {
  const { document, mediaType, blob, tagged, refusals = [] } = manifest
  const { bytes, digest } = contentOf(Buffer.from(JSON.stringify(document)))
  const reference = tagged && !world.chance(4) ? world.pick(tags) : digest
  const answer = await wire.send(
    'put manifest',
    {
      method: 'PUT',
      path: `/v2/${repository}/manifests/${reference}`,
      headers: { 'Content-Type': mediaType },
      body: bytes,
    },
    [201, ...refusals],
  )
  if (answer?.status !== 201) return
  world.of(repository).push({ digest, mediaType, size: bytes.length, ...(blob && { blob }) })
}

/** In one request, in two, or in chunks. */
export async function pushBlob(client: Client, repository: string, blob: Content): Promise<boolean> {
  const { world, wire } = client
  const path = `/v2/${repository}/blobs/uploads/`
  if (blob.bytes.length <= chunkBytes && world.chance(2)) {
    const whole = { method: 'POST', path: `${path}?digest=${blob.digest}`, headers: octets, body: blob.bytes }
    return (await wire.send('push whole', whole, [201]))?.status === 201
  }
  let location = await begin(client, repository)
  let sent = 0
  for (; location !== undefined && blob.bytes.length - sent > chunkBytes; sent += chunkBytes) {
    location = await patch(client, location, blob.bytes.subarray(sent, sent + chunkBytes), sent)
  }
  if (location === undefined) return false
  const body = blob.bytes.subarray(sent)
  const last = { method: 'PUT', path: `${location}?digest=${blob.digest}`, headers: octets, body }
  return (await wire.send('finish upload', last, [201]))?.status === 201
}

/** Some bytes of an upload that its client forgets, or takes back. */
export async function abandon(client: Client, repository: string): Promise<void> {
  const { world, wire } = client
  const begun = await begin(client, repository)
  if (begun === undefined) return
  const { bytes } = world.fresh(1_000 + world.random.int(world.chance(2) ? 20_000 : 300_000))
  const location = await patch(client, begun, bytes, 0)
  if (location !== undefined && world.chance(2)) {
    await wire.send('cancel upload', { method: 'DELETE', path: location }, [204])
  }
}

export async function begin({ wire }: Client, repository: string): Promise<string | undefined> {
  const request = { method: 'POST', path: `/v2/${repository}/blobs/uploads/` }
  return (await wire.send('begin upload', request, [202]))?.headers.location
}

async function patch({ wire }: Client, path: string, body: Buffer, at: number): Promise<string | undefined> {
  const headers = { ...octets, 'Content-Range': `${at}-${at + body.length - 1}` }
  const answer = await wire.send('patch upload', { method: 'PATCH', path, headers, body }, [202])
  return answer?.status === 202 ? answer.headers.location : undefined
}

/** As a client does: asks for it, then mounts it from where it may be, then pushes it. */
async function provideBase(client: Client, repository: string, base: Content): Promise<boolean> {
  const { world, wire } = client
  const path = `/v2/${repository}/blobs`
  const asked = { method: 'HEAD', path: `${path}/${base.digest}` }
  if ((await wire.send('head blob', asked, [200, 404]))?.status === 200) return true
  const from = world.pick(repositories.filter((each) => each !== repository))
  const mount = { method: 'POST', path: `${path}/uploads/?mount=${base.digest}&from=${from}` }
  if ((await wire.send('mount', mount, [201, 202]))?.status === 201) return true
  return await pushBlob(client, repository, base)
}
