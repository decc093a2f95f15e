import { randomFillSync } from 'node:crypto'

/** Buckets that a name may stand in. */
export const ways = 8
const secretBytes = 32
const usualSets = 8_192

/** What the threads of a process share: 1.1 MB for 65,536 buckets, whatever comes. */
export function shareBuckets(sets: number = usualSets): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(secretBytes + sets * bytesPerSet)
  randomFillSync(new Uint8Array(shared, 0, secretBytes))
  return shared
}

/** A mark and a time for each bucket, and a lock for all of a set, of which eight bytes are taken so that all stays aligned. */
const bytesPerSet = ways * 16 + 8

export interface BucketSlab {
  readonly sets: number
  /** Nobody outside chooses names that fall into one set. */
  readonly secret: Uint8Array
  /** 0: free. */
  readonly locks: BigInt64Array
  /** Whose a bucket is; 0: nobody's. */
  readonly marks: Float64Array
  /** When it is full again, in ms of the clock that all threads have in common. */
  readonly fullAt: Float64Array
}

export function viewBuckets(shared: SharedArrayBuffer): BucketSlab {
  const sets = Math.floor((shared.byteLength - secretBytes) / bytesPerSet)
  const marksAt = secretBytes + sets * 8
  return {
    sets,
    // Hashes take no shared memory.
    secret: Uint8Array.from(new Uint8Array(shared, 0, secretBytes)),
    locks: new BigInt64Array(shared, secretBytes, sets),
    marks: new Float64Array(shared, marksAt, sets * ways),
    fullAt: new Float64Array(shared, marksAt + sets * ways * 8, sets * ways),
  }
}
