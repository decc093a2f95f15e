import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openMemoryDirectory } from '../../../src/adapters/directory/memory/open-memory-directory.ts'
import type { Directory } from '../../../src/ports/directory/directory.ts'
import { DirectoryError } from '../../../src/ports/directory/errors.ts'
import { type DirectoryHarness, directoryContract } from '../../../src/ports/directory/suite.ts'

/** A way in which an engine could be wrong, and the case of the suite that must find it. */
interface Mutant {
  readonly name: string
  readonly caughtBy: string
  spoil(right: Directory, files: Map<string, Uint8Array>): Partial<Directory>
}

const mutants: readonly Mutant[] = [
  {
    name: 'keeps chunks that their producer uses again',
    caughtBy: 'files come back as they were written, empty and large ones, in folders and by long names',
    spoil: (_, files) => ({
      async write(path, _size, bytes) {
        const chunks: Uint8Array[] = []
        for await (const chunk of bytes) chunks.push(chunk)
        files.set(path, Buffer.concat(chunks))
      },
    }),
  },
  {
    name: 'lists everything below a folder',
    caughtBy: 'files come back as they were written, empty and large ones, in folders and by long names',
    spoil: (_, files) => ({ list: async () => [...files.keys()].map((name) => ({ name, kind: 'file' })) }),
  },
  {
    name: 'is always empty',
    caughtBy: 'a place that something was written to is not empty for the next one',
    spoil: () => ({ isEmpty: async () => true }),
  },
  {
    name: 'loses one of two writes at once',
    caughtBy: 'writes at once are all there',
    spoil: (right) => {
      let writing = false
      return {
        async write(...args) {
          if (writing) return
          writing = true
          await right.write(...args)
          writing = false
        },
      }
    },
  },
  {
    name: 'takes a folder for a file that is not there',
    caughtBy: 'what is not there is undefined, and a folder is no file',
    spoil: (right) => ({ size: (path) => right.size(path).catch(() => undefined) }),
  },
  {
    name: 'throws for what is not there',
    caughtBy: 'what is not there is undefined, and a folder is no file',
    spoil: (right) => ({
      async open(path, signal) {
        const found = await right.open(path, signal)
        if (found === undefined) throw new DirectoryError('permanent', 'ENOENT')
        return found
      },
    }),
  },
  {
    name: 'leads paths where they say',
    caughtBy: 'a path that does not lead down is refused by every call',
    spoil: (right) => ({
      write: (path, ...rest) => right.write(path.replaceAll(/\.\.?\/|\/$|^\//g, ''), ...rest),
    }),
  },
  {
    name: 'writes beside the file that is there',
    caughtBy: 'a file is replaced whole',
    spoil: (right) => ({
      async write(path, ...rest) {
        const there = await right.size(path).catch(() => undefined)
        await right.write(there === undefined ? path : `${path}-2`, ...rest)
      },
    }),
  },
  {
    name: 'keeps what came before a failure',
    caughtBy: 'a write that fails leaves the file as it was, and nothing beside it',
    spoil: (right, files) => ({
      async write(path, ...rest) {
        await right.write(path, ...rest).catch((error: unknown) => {
          files.set(path, Buffer.from('half'))
          throw error
        })
      },
    }),
  },
  {
    name: 'believes the announced size',
    caughtBy: 'a write that fails leaves the file as it was, and nothing beside it',
    spoil: (_, files) => ({
      async write(path, size, bytes) {
        const chunks: Uint8Array[] = []
        for await (const chunk of bytes) chunks.push(Uint8Array.from(chunk))
        files.set(path, Buffer.concat(chunks).subarray(0, size))
      },
    }),
  },
  {
    name: 'does not hear an abort',
    caughtBy: 'an abort ends a write and a read, with its reason',
    spoil: (right) => ({
      write: (path, size, bytes) => right.write(path, size, bytes, new AbortController().signal),
    }),
  },
  {
    name: 'removes the whole folder',
    caughtBy: 'a file that was removed is gone, and to remove what is not there is nothing',
    spoil: (right, files) => ({
      async remove(path) {
        await right.remove(path)
        const folder = path.slice(0, path.lastIndexOf('/') + 1)
        for (const known of files.keys()) if (known.startsWith(folder)) files.delete(known)
      },
    }),
  },
  {
    name: 'lets a file stand below a file',
    caughtBy: 'a file is no folder for another',
    spoil: (_, files) => ({
      async write(path, _size, bytes) {
        const chunks: Uint8Array[] = []
        for await (const chunk of bytes) chunks.push(Uint8Array.from(chunk))
        files.set(path, Buffer.concat(chunks))
      },
    }),
  },
]

function spoilt({ spoil }: Pick<Mutant, 'spoil'>): DirectoryHarness {
  return {
    can: { update: true },
    async start() {
      const files = new Map<string, Uint8Array>()
      const open = async (): Promise<Directory> => {
        const right = openMemoryDirectory(files)
        const wrong = spoil(right, files)
        return new Proxy(right, {
          get(_, name) {
            if (Object.hasOwn(wrong, name)) return Reflect.get(wrong, name)
            const member: unknown = Reflect.get(right, name)
            return typeof member === 'function' ? member.bind(right) : member
          },
        })
      }
      return { writer: open, reader: open, directory: open, [Symbol.asyncDispose]: async () => {} }
    },
  }
}

describe('an engine that is wrong in one way fails the suite', () => {
  for (const mutant of mutants) {
    test(mutant.name, async () => {
      const found = directoryContract(spoilt(mutant)).find(({ name }) => name === mutant.caughtBy)
      assert.ok(found !== undefined, `the suite has no case "${mutant.caughtBy}"`)
      await assert.rejects(found.run, `not noticed by "${mutant.caughtBy}"`)
    })
  }
})

test('a wrapper that spoils nothing passes the suite', async () => {
  for (const { run } of directoryContract(spoilt({ spoil: () => ({}) }))) await run()
})
