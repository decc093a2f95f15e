import { digestAlgorithm } from '../../../src/domain/digest.ts'
import type { Blobs, FileName } from '../../../src/ports/blobs/blobs.ts'
import { BlobsError } from '../../../src/ports/blobs/errors.ts'
import { bodyOf, calm, collect, digestOf, joined } from '../../../src/ports/blobs/suite/content.ts'
import { but, type Mutant } from './mutant.ts'

export const writingMutants: readonly Mutant[] = [
  {
    name: 'seal accepts anything',
    seenBy: 'seal refuses another sha256 as digest, each time',
    wrap: (blobs) =>
      but(blobs, {
        seal: async (file, want, signal) => {
          const own = digestOf(await contentOf(blobs, file), digestAlgorithm(want))
          return blobs.seal(file, own, signal)
        },
      }),
  },
  {
    name: 'seal looks at sha256 alone',
    seenBy: 'seal refuses another sha512 as digest, each time',
    wrap: (blobs) =>
      but(blobs, {
        seal: async (file, want, signal) => {
          if (want.startsWith('sha256:')) return blobs.seal(file, want, signal)
          return { length: await blobs.length(file) }
        },
      }),
  },
  {
    name: 'seal works once',
    seenBy: 'seal may be repeated, with either algorithm, and after the engine was opened again',
    wrap: (blobs) => {
      const sealed = new Set<FileName>()
      return but(blobs, {
        seal: async (file, want, signal) => {
          if (sealed.has(file)) throw new BlobsError('sealed', 'sealed already')
          const answer = await blobs.seal(file, want, signal)
          sealed.add(file)
          return answer
        },
      })
    },
  },
  {
    name: 'append ignores the offset',
    seenBy: 'append at another offset than the length is refused as offset, reads no body and keeps the file',
    wrap: (blobs) =>
      but(blobs, {
        append: async (file, _, body, signal) => blobs.append(file, await blobs.length(file), body, signal),
      }),
  },
  {
    name: 'a refused append has read the body',
    seenBy: 'append at another offset than the length is refused as offset, reads no body and keeps the file',
    wrap: (blobs) =>
      but(blobs, {
        append: async (file, offset, body, signal) => {
          const length = await blobs.length(file)
          if (offset !== length) await hoard(body)
          return blobs.append(file, offset, body, signal)
        },
      }),
  },
  {
    name: 'append after seal is allowed',
    seenBy: 'a sealed file takes no more bytes, also after the engine was opened again',
    wrap: (blobs) =>
      but(blobs, {
        append: (file, offset, body, signal) =>
          forgiving('sealed', blobs.append(file, offset, body, signal), { length: offset }),
      }),
  },
  {
    name: 'that a file is sealed is forgotten with the process',
    seenBy: 'a sealed file takes no more bytes, also after the engine was opened again',
    wrap: (blobs) => {
      const sealed = new Set<FileName>()
      return but(blobs, {
        seal: async (file, want, signal) => {
          const answer = await blobs.seal(file, want, signal)
          sealed.add(file)
          return answer
        },
        append: (file, offset, body, signal) => {
          const append = blobs.append(file, offset, body, signal)
          return sealed.has(file) ? append : forgiving('sealed', append, { length: offset })
        },
      })
    },
  },
  {
    name: 'an append that fails loses what it had',
    seenBy:
      'an abort ends an append at once, even while the body brings nothing, and what came before is kept',
    wrap: (blobs) =>
      but(blobs, {
        append: async (file, offset, body, signal) => {
          try {
            return await blobs.append(file, offset, body, signal)
          } catch (error) {
            const whole = await contentOf(blobs, file)
            if (whole.length > offset) {
              await blobs.remove(file)
              await blobs.append(file, 0, bodyOf(whole.slice(0, offset)), calm)
            }
            throw error
          }
        },
      }),
  },
  {
    name: 'a body that fails counts as one that ended',
    seenBy:
      'a body that fails in the middle fails the append with its own error, and what came before is kept',
    wrap: (blobs) =>
      but(blobs, {
        append: async (file, offset, body, signal) => {
          const { chunks } = await hoard(body)
          return blobs.append(file, offset, bodyOf(joined(...chunks)), signal)
        },
      }),
  },
  {
    name: 'the body is read whole before it is written',
    seenBy: 'a body is read no faster than it is written',
    wrap: (blobs) =>
      but(blobs, {
        append: async (file, offset, body, signal) => {
          const { chunks, failure } = await hoard(body)
          const answer = await blobs.append(file, offset, bodyOf(joined(...chunks)), signal)
          if (failure !== undefined) throw failure
          return answer
        },
      }),
  },
  {
    name: "the producer's buffers are written after they were given back",
    seenBy: 'a producer may use its buffer again as soon as it is asked for the next chunk',
    wrap: (blobs) =>
      but(blobs, {
        append: (file, offset, body, signal) => blobs.append(file, offset, late(body), signal),
      }),
  },
  {
    name: 'length counts what was rounded to blocks',
    seenBy: 'append creates a file at 0, continues it at its length, and answers the new length',
    wrap: (blobs) =>
      but(blobs, { length: async (file) => Math.floor((await blobs.length(file)) / 4096) * 4096 }),
  },
]

/** Believes the hash that an earlier process had, whatever stands on the disk now. */
export function believingMutant(): Mutant {
  const believed = new Map<FileName, Set<string>>()
  return {
    name: 'seal believes an earlier hash instead of the stored bytes',
    seenBy: 'seal sees that a byte changed where it was stored after the process that wrote it ended',
    wrap: (blobs) =>
      but(blobs, {
        append: async (file, offset, body, signal) => {
          const answer = await blobs.append(file, offset, body, signal)
          believed.set(file, new Set([digestOf(await contentOf(blobs, file))]))
          return answer
        },
        seal: async (file, want, signal) => {
          if (believed.get(file)?.has(want) === true) return { length: await blobs.length(file) }
          return blobs.seal(file, want, signal)
        },
      }),
  }
}

/** What came until the body ended or failed. */
async function hoard(body: AsyncIterable<Uint8Array>): Promise<{ chunks: Uint8Array[]; failure?: unknown }> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of body) chunks.push(chunk)
    return { chunks }
  } catch (failure) {
    return { chunks, failure }
  }
}

async function contentOf(blobs: Blobs, file: FileName): Promise<Uint8Array> {
  const reader = await blobs.open(file, undefined, calm)
  return reader === undefined ? new Uint8Array(0) : await collect(reader.bytes)
}

/** Passes what `work` brings; an error of that kind becomes `otherwise`. */
async function forgiving<T>(kind: BlobsError['kind'], work: Promise<T>, otherwise: T): Promise<T> {
  return await work.catch((error: unknown) => {
    if (error instanceof BlobsError && error.kind === kind) return otherwise
    throw error
  })
}

/** One chunk behind: the last is held back until the next has come. */
async function* late(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined
  for await (const chunk of body) {
    if (held !== undefined) yield held
    held = chunk
  }
  if (held !== undefined) yield held
}
