import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { CachedBytes } from '../../../ports/cache/tiered-cache.ts'

/** What stands before a value: the form, whether there is one, until when it is good, and who says so. */
const form = 1
const untilAt = 2
const macAt = 10
const macBytes = 32
/** Bytes that a seal adds to a value. */
export const sealBytes: number = macAt + macBytes
/** Shorter keys could be guessed. */
const leastSecret = 16

export type Opened =
  | { readonly is: 'good'; readonly found: CachedBytes; readonly leftMs: number }
  | { readonly is: 'over' | 'forged' }

export interface Sealed {
  readonly key: string
  readonly sealed: Uint8Array
}

/** HMAC-SHA256 over a key, its value and how long that is good: who has no secret can neither make nor move one. */
export class Seal {
  readonly #secret: KeyObject

  /** @throws RangeError for a secret of less than 16 bytes */
  constructor(secret: Uint8Array) {
    if (secret.length < leastSecret) throw new RangeError(`a secret has at least ${leastSecret} bytes`)
    this.#secret = createSecretKey(secret)
  }

  /** @param until of the wall clock, in ms */
  close(key: string, bytes: Uint8Array | undefined, until: number): Uint8Array {
    const sealed = Buffer.allocUnsafeSlow(sealBytes + (bytes?.length ?? 0))
    sealed[0] = form
    sealed[1] = bytes === undefined ? 0 : 1
    sealed.writeDoubleBE(until, untilAt)
    if (bytes !== undefined) sealed.set(bytes, sealBytes)
    sealed.set(this.#mac(key, sealed), macAt)
    return sealed
  }

  /** For a place that nobody else can write to. */
  read({ sealed }: Sealed, now: number): Opened {
    if (sealed.length < sealBytes || sealed[0] !== form) return { is: 'forged' }
    const until = new DataView(sealed.buffer, sealed.byteOffset).getFloat64(untilAt)
    if (!(until > now)) return { is: 'over' }
    const bytes = sealed[1] === 1 ? sealed.subarray(sealBytes) : undefined
    return { is: 'good', found: { bytes }, leftMs: until - now }
  }

  open(from: Sealed, now: number): Opened {
    const { key, sealed } = from
    if (sealed.length < sealBytes) return { is: 'forged' }
    const said = sealed.subarray(macAt, sealBytes)
    return timingSafeEqual(said, this.#mac(key, sealed)) ? this.read(from, now) : { is: 'forged' }
  }

  #mac(key: string, sealed: Uint8Array): Buffer {
    const name = Buffer.from(key, 'utf16le')
    const length = Buffer.allocUnsafe(4)
    length.writeUInt32BE(name.length)
    return createHmac('sha256', this.#secret)
      .update(Buffer.concat([length, name, sealed.subarray(0, macAt)]))
      .update(sealed.subarray(sealBytes))
      .digest()
  }
}
