import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { defaultManifestLimits, type Manifest, parseManifest } from '../../domain/manifest.ts'
import type { Link } from '../../domain/manifest-links.ts'
import { getManifest } from '../catalog/manifest-rows.ts'
import { type ManifestRow, manifests } from '../catalog/tables.ts'
import { openContent } from '../content/blobs.ts'
import { holdings } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { type LayoutDescriptor, layoutLimits, tooLarge } from './layout.ts'

/** Everything that belongs to some manifests. */
export interface Gathered {
  readonly manifests: ReadonlyMap<Digest, LayoutDescriptor>
  /** With sizes. */
  readonly blobs: ReadonlyMap<Digest, number>
  /** Of `manifests`: those that speak of another of them, by the digest of that. */
  readonly referrers: ReadonlyMap<Digest, readonly Digest[]>
  /** Named, and not in the repository. */
  readonly absent: readonly Digest[]
}

/** What roots name, what that names, and what speaks of any of it, to the end. @throws RegistryError `manifest-unknown`, `too-large` */
export async function gather(
  core: Core,
  repository: string,
  roots: readonly Digest[],
  signal: AbortSignal,
): Promise<Gathered> {
  const found = {
    manifests: new Map<Digest, LayoutDescriptor>(),
    blobs: new Map<Digest, number>(),
    absent: new Set<Digest>(),
  }
  const referrers = new Map<Digest, readonly Digest[]>()
  const waiting = [...roots]
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    signal.throwIfAborted()
    if (found.manifests.has(digest)) continue
    const row = await getManifest(core, repository, digest)
    if (row === undefined) throw new RegistryError('manifest-unknown', { reference: digest })
    const manifest = await contentOf(core, row, signal)
    found.manifests.set(digest, descriptorOf(row, manifest))
    if (found.manifests.size > layoutLimits.manifests) throw tooLarge('manifests', layoutLimits.manifests)
    waiting.push(...(await linked(core, repository, manifest.links, found)))
    if (found.blobs.size > layoutLimits.blobs) throw tooLarge('blobs', layoutLimits.blobs)
    const speaking: Digest[] = []
    for await (const row of eachRow(core.store, manifests, {
      index: 'bySubject',
      eq: [repository, digest],
    })) {
      speaking.push(row.digest as Digest)
    }
    if (speaking.length > 0) referrers.set(digest, speaking)
    waiting.push(...speaking)
  }
  return { ...found, referrers, absent: [...found.absent] }
}

/** The manifests among what one names; the blobs, and what is not there, are noted. */
async function linked(
  core: Core,
  repository: string,
  links: readonly Link[],
  { blobs, absent }: { readonly blobs: Map<Digest, number>; readonly absent: Set<Digest> },
): Promise<readonly Digest[]> {
  const keys = links.map(({ digest }) => [repository, digest])
  const [held, known] = await Promise.all([
    core.store.getMany(holdings, keys),
    core.store.getMany(manifests, keys),
  ])
  const children: Digest[] = []
  for (const [at, { role, digest }] of links.entries()) {
    const blob = held[at]
    if (known[at] !== undefined && (role === 'manifest' || blob === undefined)) children.push(digest)
    else if (blob !== undefined) blobs.set(digest, blob.size)
    else absent.add(digest)
  }
  return children
}

async function contentOf(core: Core, row: ManifestRow, signal: AbortSignal): Promise<Manifest> {
  await using content = await openContent(core, row.digest as Digest, undefined, signal)
  const chunks: Uint8Array[] = []
  for await (const chunk of content.bytes) chunks.push(Uint8Array.from(chunk))
  const links = core.limits.linksPerManifest
  return parseManifest(Buffer.concat(chunks), row.mediaType, { ...defaultManifestLimits, links })
}

/** One that speaks of another is described as a list of referrers does (distribution-spec, "Listing Referrers"). */
function descriptorOf(
  { mediaType, digest, size, artifactType, subject }: ManifestRow,
  { annotations }: Manifest,
): LayoutDescriptor {
  const plain = { mediaType, digest: digest as Digest, size }
  if (subject === '') return plain
  return {
    ...plain,
    ...(artifactType !== '' && { artifactType }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  }
}
