import assert from 'node:assert/strict'
import type { ContractCase } from '../contract.ts'
import type { Directory, DirectoryReader, DirectoryWriter, OpenedFile } from './directory.ts'
import { DirectoryError, type DirectoryErrorKind } from './errors.ts'

/** One place of its own, empty at first. Disposal takes it away. */
export interface DirectoryFixture extends AsyncDisposable {
  writer(): Promise<DirectoryWriter>
  /** What was written and finished. */
  reader(): Promise<DirectoryReader>
  /** Where `can.update`. */
  directory?(): Promise<Directory>
}

export interface DirectoryHarness {
  /** `update`: the engine is a Directory whole, to be read, replaced and removed from in place. */
  readonly can: { readonly update: boolean }
  start(): Promise<DirectoryFixture>
}

interface Case {
  readonly name: string
  readonly update?: boolean
  check(fixture: DirectoryFixture): Promise<void>
}

/** What every engine of Directory must do; one that is written once and then read, all but its cases of updating. */
export function directoryContract(harness: DirectoryHarness): ContractCase[] {
  return [...writing, ...updating]
    .filter(({ update = false }) => harness.can.update || !update)
    .map(({ name, check }) => ({
      name,
      run: async () => {
        await using fixture = await harness.start()
        await check(fixture)
      },
    }))
}

const never = new AbortController().signal
const large = 700_001

async function* inChunks(bytes: Uint8Array, length = 65_536): AsyncGenerator<Uint8Array> {
  // One buffer for all: who keeps a chunk sees it change.
  const buffer = new Uint8Array(length)
  for (let at = 0; at < bytes.length; at += length) {
    const chunk = bytes.subarray(at, at + length)
    buffer.set(chunk)
    yield buffer.subarray(0, chunk.length)
  }
}

async function put(to: DirectoryWriter, path: string, bytes: Uint8Array): Promise<void> {
  await to.write(path, bytes.length, inChunks(bytes), never)
}

async function bytesOf(file: OpenedFile | undefined): Promise<Buffer> {
  assert.ok(file !== undefined, 'the file is not there')
  await using opened = file
  const chunks: Uint8Array[] = []
  for await (const chunk of opened.bytes) chunks.push(Uint8Array.from(chunk))
  const whole = Buffer.concat(chunks)
  assert.equal(opened.size, whole.length)
  return whole
}

async function get(from: DirectoryReader, path: string): Promise<Buffer> {
  return await bytesOf(await from.open(path, never))
}

function some(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8) + (at >> 16) * 7 + seed) & 0xff)
}

async function refusedAs(
  kind: DirectoryErrorKind,
  what: string,
  call: () => Promise<unknown>,
): Promise<void> {
  const error = await call().then(
    () => assert.fail(`${what}: it should be refused`),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof DirectoryError, `${what}: ${error}`)
  assert.equal(error.kind, kind, `${what}: ${error}`)
}

const names = async (from: DirectoryReader, folder: string): Promise<string[]> =>
  (await from.list(folder)).map(({ name, kind }) => `${kind} ${name}`).sort()

/** Longer than what some archives have room for. */
const longName = `blobs/sha512/${'0123456789abcdef'.repeat(8)}`

const badPaths = [
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  '../a',
  'a/../b',
  'a/./b',
  'a\\b',
  'a\0b',
  'a'.repeat(513),
]

const writing: readonly Case[] = [
  {
    name: 'files come back as they were written, empty and large ones, in folders and by long names',
    check: async (fixture) => {
      const files = new Map([
        ['top.json', some(5, 1)],
        ['empty', new Uint8Array()],
        ['blobs/sha256/one', some(512, 2)],
        ['blobs/sha256/two', some(large, 3)],
        [longName, some(513, 4)],
        ['ünï/code', some(1, 5)],
      ])
      {
        await using to = await fixture.writer()
        assert.equal(await to.isEmpty(), true)
        for (const [path, bytes] of files) await put(to, path, bytes)
        await to.finish()
      }
      await using from = await fixture.reader()
      for (const [path, bytes] of files) {
        assert.ok((await get(from, path)).equals(bytes), path)
        assert.equal(await from.size(path), bytes.length)
      }
      assert.deepEqual(await names(from, ''), ['file empty', 'file top.json', 'folder blobs', 'folder ünï'])
      assert.deepEqual(await names(from, 'blobs'), ['folder sha256', 'folder sha512'])
      assert.deepEqual(await names(from, 'blobs/sha256'), ['file one', 'file two'])
    },
  },
  {
    name: 'a place that something was written to is not empty for the next one',
    check: async (fixture) => {
      {
        await using to = await fixture.writer()
        await put(to, 'a', some(1, 1))
        await to.finish()
      }
      await using again = await fixture.writer()
      assert.equal(await again.isEmpty(), false)
    },
  },
  {
    name: 'writes at once are all there',
    check: async (fixture) => {
      const paths = Array.from({ length: 8 }, (_, n) => `folder-${n % 3}/file-${n}`)
      {
        await using to = await fixture.writer()
        await Promise.all(paths.map((path, n) => put(to, path, some(70_000 + n, n))))
        await to.finish()
      }
      await using from = await fixture.reader()
      for (const [n, path] of paths.entries()) assert.ok((await get(from, path)).equals(some(70_000 + n, n)))
    },
  },
  {
    name: 'two files read at once do not disturb each other',
    check: async (fixture) => {
      {
        await using to = await fixture.writer()
        await put(to, 'a', some(large, 1))
        await put(to, 'b', some(large, 2))
        await to.finish()
      }
      await using from = await fixture.reader()
      const [a, b] = await Promise.all([get(from, 'a'), get(from, 'b')])
      assert.ok(a.equals(some(large, 1)) && b.equals(some(large, 2)))
    },
  },
  {
    name: 'what is not there is undefined, and a folder is no file',
    check: async (fixture) => {
      {
        await using to = await fixture.writer()
        await put(to, 'folder/file', some(1, 1))
        await to.finish()
      }
      await using from = await fixture.reader()
      assert.equal(await from.size('none'), undefined)
      assert.equal(await from.open('folder/none', never), undefined)
      assert.equal(await from.open('no/such/folder', never), undefined)
      assert.deepEqual(await from.list('none'), [])
      await refusedAs('path', 'the size of a folder', () => from.size('folder'))
      await refusedAs('path', 'to open a folder', () => from.open('folder', never))
    },
  },
  {
    name: 'a path that does not lead down is refused by every call',
    check: async (fixture) => {
      await using to = await fixture.writer()
      for (const path of badPaths) await refusedAs('path', `write ${path}`, () => put(to, path, some(1, 1)))
      await refusedAs('path', 'the name of a partial file', () => put(to, 'a.partial', some(1, 1)))
      await put(to, 'a', some(1, 1))
      await to.finish()
      await using from = await fixture.reader()
      for (const path of badPaths) {
        await refusedAs('path', `size ${path}`, () => from.size(path))
        await refusedAs('path', `open ${path}`, () => from.open(path, never))
        if (path !== '') await refusedAs('path', `list ${path}`, () => from.list(path))
      }
    },
  },
]

const updating: readonly Case[] = [
  {
    name: 'a file is replaced whole',
    update: true,
    check: async (fixture) => {
      await using place = await directoryOf(fixture)
      await put(place, 'folder/a', some(large, 1))
      const before = await place.open('folder/a', never)
      await put(place, 'folder/a', some(3, 2))
      assert.ok((await get(place, 'folder/a')).equals(some(3, 2)))
      assert.ok((await bytesOf(before)).equals(some(large, 1)), 'a reader goes on with what it has opened')
      assert.deepEqual(await names(place, 'folder'), ['file a'])
    },
  },
  {
    name: 'a write that fails leaves the file as it was, and nothing beside it',
    update: true,
    check: async (fixture) => {
      await using place = await directoryOf(fixture)
      await put(place, 'a', some(3, 1))
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield some(100_000, 1)
        throw new Error('the source failed')
      }
      for (const path of ['a', 'new/b']) {
        await assert.rejects(place.write(path, 200_000, failing(), never), /^Error: the source failed$/)
        await refusedAs('size', 'too few', () => place.write(path, 11, inChunks(some(10, 1)), never))
        await refusedAs('size', 'too many', () => place.write(path, 9, inChunks(some(10, 1)), never))
      }
      assert.ok((await get(place, 'a')).equals(some(3, 1)))
      assert.equal(await place.size('new/b'), undefined)
      assert.deepEqual(await names(place, 'new'), [])
      assert.deepEqual(
        (await names(place, '')).filter((name) => name !== 'folder new'),
        ['file a'],
      )
    },
  },
  {
    name: 'an abort ends a write and a read, with its reason',
    update: true,
    check: async (fixture) => {
      await using place = await directoryOf(fixture)
      const stop = new AbortController()
      const endless = async function* (): AsyncGenerator<Uint8Array> {
        yield some(10, 1)
        stop.abort(new Error('enough'))
        yield some(10, 1)
      }
      await assert.rejects(place.write('a', 20, endless(), stop.signal), /^Error: enough$/)
      assert.equal(await place.size('a'), undefined)
      await put(place, 'a', some(1, 1))
      await assert.rejects(place.open('a', stop.signal), /^Error: enough$/)
      await assert.rejects(place.write('b', 1, inChunks(some(1, 1)), stop.signal), /^Error: enough$/)
      assert.equal(await place.size('b'), undefined)
    },
  },
  {
    name: 'a file that was removed is gone, and to remove what is not there is nothing',
    update: true,
    check: async (fixture) => {
      await using place = await directoryOf(fixture)
      await put(place, 'folder/a', some(1, 1))
      await put(place, 'folder/b', some(1, 2))
      await place.remove('folder/a')
      await place.remove('folder/a')
      await place.remove('none/a')
      assert.equal(await place.size('folder/a'), undefined)
      assert.deepEqual(await names(place, 'folder'), ['file b'])
      for (const path of badPaths) await refusedAs('path', `remove ${path}`, () => place.remove(path))
    },
  },
  {
    name: 'a file is no folder for another',
    update: true,
    check: async (fixture) => {
      await using place = await directoryOf(fixture)
      await put(place, 'a', some(1, 1))
      await refusedAs('path', 'a file below a file', () => put(place, 'a/b', some(1, 1)))
      assert.ok((await get(place, 'a')).equals(some(1, 1)))
    },
  },
]

async function directoryOf(fixture: DirectoryFixture): Promise<Directory> {
  assert.ok(fixture.directory !== undefined, 'the harness says that it can update, and has no directory')
  return await fixture.directory()
}
