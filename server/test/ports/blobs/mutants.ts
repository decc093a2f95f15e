import { digestAlgorithm } from '../../../src/domain/digest.ts'
import type { Blobs, FileName } from '../../../src/ports/blobs/blobs.ts'
import { BlobsError } from '../../../src/ports/blobs/errors.ts'
import { bodyOf, calm, collect, digestOf, joined } from '../../../src/ports/blobs/suite/content.ts'

/** An engine with one fault, and the case of the suite that must see it. */
export interface Mutant {
  readonly name: string
  readonly seenBy: string
  wrap(blobs: Blobs): Blobs
}

/** The engine as it is, but for what is changed. */
function but(blobs: Blobs, changes: Partial<Blobs>): Blobs {
  return {
    can: blobs.can,
    name: () => blobs.name(),
    append: (file, offset, body, signal) => blobs.append(file, offset, body, signal),
    length: (file) => blobs.length(file),
    seal: (file, want, signal) => blobs.seal(file, want, signal),
    open: (file, range, signal) => blobs.open(file, range, signal),
    remove: (file) => blobs.remove(file),
    list: (after) => blobs.list(after),
    close: () => blobs.close(),
    ...changes,
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

export const mutants: readonly Mutant[] = [
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
  {
    name: 'the end of a range is not included',
    seenBy: 'a range is read from its first to its last byte, both included',
    wrap: (blobs) =>
      but(blobs, {
        open: (file, range, signal) => {
          const shorter = range && { start: range.start, end: Math.max(range.start, range.end - 1) }
          return blobs.open(file, shorter, signal)
        },
      }),
  },
  {
    name: 'a range beyond the end is cut short',
    seenBy: 'a range outside the file is refused, never cut short in silence',
    wrap: (blobs) =>
      but(blobs, {
        open: async (file, range, signal) => {
          const last = (await blobs.length(file)) - 1
          const within = range && { start: Math.min(range.start, last), end: Math.min(range.end, last) }
          return blobs.open(file, within, signal)
        },
      }),
  },
  {
    name: 'the size of an opened file is that of the range',
    seenBy: 'an opened file says the size of the whole, whatever range was asked for',
    wrap: (blobs) =>
      but(blobs, {
        open: async (file, range, signal) => {
          const opened = await blobs.open(file, range, signal)
          const size = range === undefined ? opened?.size : range.end - range.start + 1
          return opened && { ...opened, size: size ?? 0 }
        },
      }),
  },
  {
    name: 'a missing file is opened as an empty one',
    seenBy: 'a missing file is undefined to open, and has length 0',
    wrap: (blobs) =>
      but(blobs, {
        open: async (file, range, signal) =>
          (await blobs.open(file, range, signal)) ?? {
            size: 0,
            bytes: bodyOf(new Uint8Array(0)),
            [Symbol.asyncDispose]: async () => undefined,
          },
      }),
  },
  {
    name: 'remove ends the readers of its file',
    seenBy: 'an opened reader outlives the removal of its file',
    wrap: (blobs) => {
      const removed = new Set<FileName>()
      return but(blobs, {
        remove: async (file) => {
          removed.add(file)
          await blobs.remove(file)
        },
        open: async (file, range, signal) => {
          const opened = await blobs.open(file, range, signal)
          return opened && { ...opened, bytes: until(opened.bytes, () => removed.has(file)) }
        },
      })
    },
  },
  {
    name: 'disposal deletes',
    seenBy: 'disposal of a reader may come at any time and twice, and deletes nothing',
    wrap: (blobs) =>
      but(blobs, {
        open: async (file, range, signal) => {
          const opened = await blobs.open(file, range, signal)
          return opened && { ...opened, [Symbol.asyncDispose]: () => blobs.remove(file) }
        },
      }),
  },
  {
    name: 'names repeat after the engine was opened again',
    seenBy: 'a name is never given twice, also after the engine was opened again, and creates nothing',
    wrap: (blobs) => {
      let given = 0
      return but(blobs, {
        name: () => {
          given += 1
          return `file-${String(given).padStart(12, '0')}` as FileName
        },
      })
    },
  },
  {
    name: 'list is in no order',
    seenBy: 'list answers every file, sealed or not, in the order of names, with its length',
    wrap: (blobs) =>
      but(blobs, {
        async *list(after) {
          const files: { readonly file: FileName; readonly length: number }[] = []
          for await (const file of blobs.list(after)) files.unshift(file)
          yield* files
        },
      }),
  },
  {
    name: 'list begins with the name that it should go on after',
    seenBy: 'list goes on after a name, whether or not there is still a file of that name',
    wrap: (blobs) =>
      but(blobs, {
        async *list(after) {
          for await (const one of blobs.list()) if (after === undefined || one.file >= after) yield one
        },
      }),
  },
  {
    name: 'list leaves out what is not sealed',
    seenBy: 'list answers every file, sealed or not, in the order of names, with its length',
    wrap: (blobs) => {
      const sealed = new Set<FileName>()
      return but(blobs, {
        seal: async (file, want, signal) => {
          sealed.add(file)
          return blobs.seal(file, want, signal)
        },
        async *list(after) {
          for await (const one of blobs.list(after)) if (sealed.has(one.file)) yield one
        },
      })
    },
  },
  {
    name: 'remove of a missing file throws',
    seenBy: 'remove takes one file, sealed or not or missing, and may be repeated',
    wrap: (blobs) =>
      but(blobs, {
        remove: async (file) => {
          if ((await blobs.open(file, undefined, calm)) === undefined)
            throw new BlobsError('permanent', 'ENOENT')
          await blobs.remove(file)
        },
      }),
  },
  {
    name: 'close does not wait',
    seenBy: 'close waits for an append under way, may be repeated, and later calls throw',
    wrap: (blobs) =>
      but(blobs, {
        close: async () => {
          void blobs.close()
        },
      }),
  },
  {
    name: 'a closed engine goes on',
    seenBy: 'close waits for an append under way, may be repeated, and later calls throw',
    wrap: (blobs) => but(blobs, { close: async () => undefined }),
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

/** One chunk behind: the last is held back until the next has come. */
async function* late(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined
  for await (const chunk of body) {
    if (held !== undefined) yield held
    held = chunk
  }
  if (held !== undefined) yield held
}

async function* until(body: AsyncIterable<Uint8Array>, ended: () => boolean): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    if (ended()) return
    yield chunk
  }
}
