import { digestOf, ociIndex, ociManifest } from '../../../conformance/kit/image.ts'
import type { Client } from './blobs.ts'
import { pushBlob } from './blobs.ts'
import { meetDeletions } from './deletions.ts'
import { type Blob, holdingKey, type Manifest, manifestKey, tagKey, tags, type World } from './world.ts'

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'
const configType = 'application/vnd.oci.image.config.v1+json'
const kib = 1024
const sizes = [300, 5 * kib, 40 * kib, 90 * kib, 300 * kib, 1200 * kib, 3000 * kib]
/** Manifests from here on are files of their own. */
const paddings = [0, 0, 0, 70 * kib]

/** An image of new and known layers; with a subject it speaks of that. */
export async function pushImage(client: Client, repository: string, subject?: Manifest): Promise<void> {
  const { world } = client
  const count = subject === undefined ? 1 + world.random.int(3) : 1
  const layers = Array.from({ length: count }, () => someBlob(world, subject === undefined ? sizes : [500]))
  const config = someBlob(world, [200])
  for (const blob of new Set([config, ...layers])) {
    if (!(await pushBlob(client, repository, blob))) return
  }
  const document = {
    schemaVersion: 2,
    mediaType: ociManifest,
    config: { mediaType: configType, digest: config.digest, size: config.size },
    layers: layers.map(({ digest, size }) => ({ mediaType: layerType, digest, size })),
    ...(subject && { subject: described(subject) }),
    annotations: { nonce: world.random.uuid(), padding: 'x'.repeat(world.pick(paddings) ?? 0) },
  }
  const bytes = Buffer.from(JSON.stringify(document))
  await putManifest(client, {
    repository,
    digest: digestOf(bytes),
    mediaType: ociManifest,
    bytes,
    blobs: [...new Set([config, ...layers])].map(({ digest }) => digest),
    manifests: [],
    ...(subject && { subject: subject.digest }),
  })
}

export async function pushIndex(client: Client, repository: string): Promise<void> {
  const { world } = client
  const known = [...world.manifests.values()].filter(
    (each) => each.repository === repository && isImage(each),
  )
  const named = [...new Set([world.pick(known), world.pick(known)].filter((each) => each !== undefined))]
  const document = {
    schemaVersion: 2,
    mediaType: ociIndex,
    manifests: named.map(described),
    annotations: { nonce: world.random.uuid() },
  }
  const bytes = Buffer.from(JSON.stringify(document))
  const manifests = named.map(({ digest }) => digest)
  await putManifest(client, {
    repository,
    digest: digestOf(bytes),
    mediaType: ociIndex,
    bytes,
    blobs: [],
    manifests,
  })
}

/** By a tag, by its digest, or by its digest with tags. */
export async function putManifest({ world, wire }: Client, manifest: Manifest): Promise<void> {
  const { repository, digest, mediaType, bytes: body } = manifest
  const some = tags.filter(() => world.chance(4))
  const way = world.random.int(3)
  const moved = way === 0 ? [world.pick(tags) ?? 'v1'] : way === 1 ? [] : some
  const reference = way === 0 ? moved[0] : digest
  const query = way === 2 ? moved.map((tag, at) => `${at === 0 ? '?' : '&'}tag=${tag}`).join('') : ''
  const key = manifestKey(repository, digest)
  world.manifests.set(key, manifest)
  const asked = [
    world.registers.ask(key, 'there'),
    ...moved.map((tag) => world.registers.ask(tagKey(repository, tag), digest)),
  ]
  meetDeletions(world, manifest, moved)
  const held = certainlyHeld(world, manifest)
  const wanted = { method: 'PUT', path: `/v2/${repository}/manifests/${reference}${query}`, body }
  const reply = await wire.send({ ...wanted, headers: { 'Content-Type': mediaType } })
  world.settle(asked, reply, { what: 'put manifest', done: 201, refusals: [400] })
  if (reply?.status !== 400) return
  if (!reply.body.includes('MANIFEST_BLOB_UNKNOWN'))
    world.say(`${key}: ${reply.body.toString().slice(0, 300)}`)
  const still = certainlyHeld(world, manifest)
  for (const each of held) {
    if (still.includes(each) && reply.body.includes(each.split(' ')[0] ?? '')) {
      world.say(
        `${key} was refused for ${each}, which was acknowledged: ${reply.body.toString().slice(0, 300)}`,
      )
    }
  }
}

export function isImage({ mediaType, subject }: Manifest): boolean {
  return mediaType === ociManifest && subject === undefined
}

/** One in four is known already. */
function someBlob(world: World, from: readonly number[]): Blob {
  const known = world.chance(4) ? world.pick([...world.blobs.values()]) : undefined
  return known ?? world.newBlob((world.pick(from) ?? 1) + world.random.int(100))
}

function described({ mediaType, digest, bytes }: Manifest): object {
  return { mediaType, digest, size: bytes.length }
}

/** What the manifest names and must be there, each with the moment at which somebody last asked for it. */
function certainlyHeld(world: World, { repository, blobs, manifests }: Manifest): string[] {
  const { registers } = world
  const certain = (digest: string, key: string): string[] =>
    registers.certain(key) === undefined || registers.certain(key) === ''
      ? []
      : [`${digest} ${registers.version(key)}`]
  return [
    ...blobs.flatMap((digest) => certain(digest, holdingKey(repository, digest))),
    ...manifests.flatMap((digest) => certain(digest, manifestKey(repository, digest))),
  ]
}
