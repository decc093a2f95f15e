import type { FileName } from '../../../src/ports/blobs/blobs.ts'
import { BlobsError } from '../../../src/ports/blobs/errors.ts'
import { bodyOf, calm } from '../../../src/ports/blobs/suite/content.ts'
import { but, type Mutant } from './mutant.ts'

export const readingMutants: readonly Mutant[] = [
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

async function* until(body: AsyncIterable<Uint8Array>, ended: () => boolean): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    if (ended()) return
    yield chunk
  }
}
