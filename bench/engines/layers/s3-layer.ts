/** A way to bring the bytes of one object to S3 and back. */
export interface S3Layer extends AsyncDisposable {
  /** Kept and complete on return; answers what it is pulled and removed by. */
  push(bytes: Uint8Array, digest: string): Promise<string>
  /** To the end, each chunk looked at by `take` in its order. */
  pull(name: string, take: (chunk: Uint8Array) => void): Promise<void>
  remove(name: string): Promise<void>
}

/** Of the parts in which an object goes, and how many are on their way at a time: what Lading's engine does by itself. */
export const partBytes: number = 8 * 1024 * 1024
export const partsInFlight = 3
