import { createHash } from 'node:crypto'

/** What the programs push. Everything is told apart by its place in these lists. */

export interface Piece {
  readonly bytes: Buffer
  readonly digest: string
}

export interface Manifest extends Piece {
  readonly mediaType: string
  /** Blobs and manifests that it names, by their place. */
  readonly blobs: readonly number[]
  readonly manifests: readonly number[]
  readonly subject?: number
}

const piece = (bytes: Buffer): Piece => ({
  bytes,
  digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
})

/** One that stands in the store, two that stand in files. */
export const blobs: readonly Piece[] = [
  piece(Buffer.from('{}')),
  piece(Buffer.alloc(66_000, 'one ')),
  piece(Buffer.alloc(67_000, 'two ')),
]

const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'

const describe = (mediaType: string, { bytes, digest }: Piece): object => ({
  mediaType,
  digest,
  size: bytes.length,
})

function image(layers: readonly number[], subject?: Manifest, note?: string): Manifest {
  const document = {
    schemaVersion: 2,
    mediaType: imageType,
    ...(subject && { artifactType: 'application/vnd.acme.note' }),
    config: describe('application/vnd.oci.empty.v1+json', blobs[0] as Piece),
    layers: layers.map((at) => describe('application/octet-stream', blobs[at] as Piece)),
    ...(subject && { subject: describe(subject.mediaType, subject) }),
    ...(note && { annotations: { note } }),
  }
  return {
    ...piece(Buffer.from(JSON.stringify(document))),
    mediaType: imageType,
    blobs: [...new Set([0, ...layers])],
    manifests: [],
  }
}

const first = image([1])
const second = image([1, 2])
const wide = { ...image([2], undefined, 'w'.repeat(66_000)) }
const referrer = { ...image([1], first, 'about first'), subject: 0 }
const indexed = {
  schemaVersion: 2,
  mediaType: indexType,
  manifests: [first, second].map((each) => describe(imageType, each)),
}
const index: Manifest = {
  ...piece(Buffer.from(JSON.stringify(indexed))),
  mediaType: indexType,
  blobs: [],
  manifests: [0, 1],
}
const secondReferrer = { ...image([2], referrer, 'about the referrer'), subject: 3 }

/** 0 and 1 images, 2 one that stands in a file, 3 speaks of 0, 4 is an index of 0 and 1, 5 speaks of 3. */
export const manifests: readonly Manifest[] = [first, second, wide, referrer, index, secondReferrer]

/** Within a namespace of the program's own. */
export const repositories = ['one', 'two'] as const
/** A rule of retention keeps the newest of those that begin with `rc-`. */
export const tags = ['v1', 'v2', 'rc-1', 'rc-2'] as const

const hour = 3_600_000
export const day: number = 24 * hour
export const graceTime: number = day
export const untaggedKept: number = 5 * day
export const historyWindow: number = 10 * day
/** By these the clock moves: within half of the grace time, past it, past the whole, past each window. */
export const spans: readonly number[] = [1, 13 * hour, day + hour, 6 * day, 11 * day]
