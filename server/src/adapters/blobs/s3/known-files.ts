import { PassingMap } from '../../../domain/passing-map.ts'
import type { FileName } from '../../../ports/blobs/blobs.ts'

/** Files of which something is remembered; of one beyond, S3 is asked. */
const maxFiles = 4096

/** A part that S3 has confirmed. */
export interface SentPart {
  readonly number: number
  readonly etag: string
  /** CRC-32, big-endian, in base64, as S3 writes it. */
  readonly crc32: string
  readonly bytes: number
}

/** What this process has written of a file that is not sealed. Good only while the tail's etag is this one. */
export interface KnownFile {
  readonly etag: string
  readonly parts: readonly SentPart[]
  /** All of `parts` were sent by this process. */
  readonly complete: boolean
  /** What the tail has; its memory is nobody else's. Undefined: there was no room to keep it. */
  readonly tail: Uint8Array | undefined
  /** Of the tail, by which it is known again when it is read. */
  readonly tailCrc32: string
}

/** What this process has verified of a sealed file. Good only while the object's etag is this one. */
export interface VerifiedFile {
  readonly etag: string
  readonly digest: string
}

/** Makes calls quicker, and is never needed. Bounded: the one touched last at the end. */
export class KnownFiles {
  readonly #mostTailBytes: number
  readonly #open = new PassingMap<FileName, KnownFile>()
  readonly #verified = new PassingMap<FileName, VerifiedFile>()
  #tailBytes = 0

  constructor(mostTailBytes: number) {
    this.#mostTailBytes = mostTailBytes
  }

  /** Gives it out: the caller keeps another afterwards, or nothing is known. */
  take(file: FileName, etag: string | undefined): KnownFile | undefined {
    const known = this.#open.get(file)
    this.forget(file)
    return known?.etag === etag ? known : undefined
  }

  /** Without the bytes of the tail where they would be too many. */
  keep(file: FileName, known: KnownFile): void {
    this.forget(file)
    const fits = this.#tailBytes + sizeOf(known) <= this.#mostTailBytes
    const kept = fits ? known : { ...known, tail: undefined }
    this.#open.set(file, kept)
    this.#tailBytes += sizeOf(kept)
    const { oldest } = this.#open
    if (oldest !== undefined && this.#open.size > maxFiles) this.forget(oldest)
  }

  verified(file: FileName): VerifiedFile | undefined {
    return this.#verified.get(file)
  }

  keepVerified(file: FileName, verified: VerifiedFile): void {
    this.forget(file)
    this.#verified.delete(file)
    this.#verified.set(file, verified)
    const { oldest } = this.#verified
    if (oldest !== undefined && this.#verified.size > maxFiles) this.#verified.delete(oldest)
  }

  forget(file: FileName): void {
    const known = this.#open.get(file)
    if (known !== undefined) this.#tailBytes -= sizeOf(known)
    this.#open.delete(file)
  }
}

/** Of the memory behind the tail, which may be more than the tail itself. */
function sizeOf({ tail }: KnownFile): number {
  return tail?.buffer.byteLength ?? 0
}
