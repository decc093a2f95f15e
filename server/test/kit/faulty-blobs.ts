import type { Blobs } from '../../src/ports/blobs/blobs.ts'

export type BlobsCall = 'append' | 'length' | 'seal' | 'open' | 'remove' | 'list' | 'probe'

/** Blobs that do before each call what a test says: nothing, wait, or throw. */
export interface FaultyBlobs {
  readonly wrap: (blobs: Blobs) => Blobs
  before: (call: BlobsCall) => void | Promise<void>
  /** Called with how many bytes of an append, or of what is read, have passed, before each further one. */
  passing: (call: 'append' | 'open', bytes: number) => void | Promise<void>
  /** What is said to be free. */
  free: number
  heal(): void
}

export function faultyBlobs(): FaultyBlobs {
  const fault: FaultyBlobs = {
    before: () => undefined,
    passing: () => undefined,
    free: Number.POSITIVE_INFINITY,
    heal: () => {
      fault.before = () => undefined
      fault.passing = () => undefined
      fault.free = Number.POSITIVE_INFINITY
    },
    wrap: (blobs) => {
      async function* watched(
        call: 'append' | 'open',
        bytes: AsyncIterable<Uint8Array>,
      ): AsyncGenerator<Uint8Array> {
        let passed = 0
        for await (const chunk of bytes) {
          // In pieces, so that a fault meets each place in it.
          for (let at = 0; at < chunk.length; at += 1000) {
            await fault.passing(call, passed)
            const piece = chunk.subarray(at, at + 1000)
            passed += piece.length
            yield piece
          }
        }
        await fault.passing(call, passed)
      }
      return {
        can: blobs.can,
        name: () => blobs.name(),
        append: async (file, offset, body, signal) => {
          await fault.before('append')
          return await blobs.append(file, offset, watched('append', body), signal)
        },
        length: async (file) => {
          await fault.before('length')
          return await blobs.length(file)
        },
        seal: async (file, want, signal) => {
          await fault.before('seal')
          return await blobs.seal(file, want, signal)
        },
        open: async (file, range, signal) => {
          await fault.before('open')
          const opened = await blobs.open(file, range, signal)
          if (opened === undefined) return undefined
          return {
            size: opened.size,
            bytes: watched('open', opened.bytes),
            [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
          }
        },
        remove: async (file) => {
          await fault.before('remove')
          await blobs.remove(file)
        },
        list: async function* (after) {
          await fault.before('list')
          yield* blobs.list(after)
        },
        probe: async () => await fault.before('probe'),
        freeBytes: async () => fault.free,
        close: () => blobs.close(),
      }
    },
  }
  return fault
}
