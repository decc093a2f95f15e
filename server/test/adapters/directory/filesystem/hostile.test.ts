import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { openFolderDirectory } from '../../../../src/adapters/directory/filesystem/open-folder-directory.ts'
import { DirectoryError } from '../../../../src/ports/directory/errors.ts'

const never = new AbortController().signal
let root = ''
describe('a folder that somebody has prepared', () => {
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'lading-hostile-'))
    await mkdir(join(root, 'place/folder'), { recursive: true })
    await mkdir(join(root, 'outside'))
    await writeFile(join(root, 'outside/secret'), 'secret')
  })
  afterEach(() => rm(root, { recursive: true }))

  async function* text(written: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(written)
  }

  const isPathError = (error: unknown): boolean => error instanceof DirectoryError && error.kind === 'path'

  test('no link is followed: neither to a file, nor on the way, for reading, writing or removing', async () => {
    const place = openFolderDirectory(join(root, 'place'))
    await symlink(join(root, 'outside/secret'), join(root, 'place/file'))
    await symlink(join(root, 'outside'), join(root, 'place/way'))
    for (const path of ['file', 'way/secret']) {
      await assert.rejects(place.size(path), isPathError, path)
      await assert.rejects(place.open(path, never), isPathError, path)
    }
    await assert.rejects(place.list('way'), isPathError)
    await assert.rejects(place.write('way/new', 1, text('x'), never), isPathError)
    await assert.rejects(place.remove('way/secret'), isPathError)
    assert.deepEqual(await readdir(join(root, 'outside')), ['secret'])
    const kinds = (await place.list('')).map(({ name, kind }) => `${kind} ${name}`).sort()
    assert.deepEqual(kinds, ['folder folder', 'other file', 'other way'])
    // A file of its own takes the place of the link; what that led to stays.
    await place.write('file', 3, text('new'), never)
    assert.equal(await readFile(join(root, 'outside/secret'), 'utf8'), 'secret')
    assert.equal(await readFile(join(root, 'place/file'), 'utf8'), 'new')
  })

  test('the folder itself may be reached by a link', async () => {
    await symlink(join(root, 'place'), join(root, 'link'))
    const place = openFolderDirectory(join(root, 'link'))
    await place.write('a/b', 1, text('x'), never)
    assert.equal(await readFile(join(root, 'place/a/b'), 'utf8'), 'x')
    assert.equal(await place.size('a/b'), 1)
  })

  test('a pipe is refused, and not waited for', async () => {
    execFileSync('mkfifo', [join(root, 'place/pipe')])
    const place = openFolderDirectory(join(root, 'place'))
    await assert.rejects(place.size('pipe'), isPathError)
    await assert.rejects(place.open('pipe', never), isPathError)
  })

  test("what it makes is its owner's alone; the folders above it are as usual", async () => {
    const place = openFolderDirectory(join(root, 'above/copy'))
    await place.write('a/b', 1, text('x'), never)
    const found = await Promise.all(
      ['above', 'above/copy', 'above/copy/a', 'above/copy/a/b'].map(async (path) =>
        ((await stat(join(root, path))).mode & 0o777).toString(8),
      ),
    )
    assert.deepEqual(found, [(0o777 & ~process.umask()).toString(8), '700', '700', '600'])
  })

  test('what a crash left of a file is listed by its name, and may be removed', async () => {
    await writeFile(join(root, 'place/a.0123456789ab.partial'), 'half')
    const place = openFolderDirectory(join(root, 'place'))
    assert.ok((await place.list('')).some(({ name }) => name === 'a.0123456789ab.partial'))
    await place.remove('a.0123456789ab.partial')
    assert.deepEqual(await readdir(join(root, 'place')), ['folder'])
  })

  test('a file system that takes no folders is told, and what is in the way of one', async () => {
    await writeFile(join(root, 'place/plain'), 'plain')
    await symlink(join(root, 'nowhere'), join(root, 'place/link'))
    for (const [path, message] of [
      ['/proc/lading/copy', /\/proc\/lading cannot be made: \/proc takes no folders/],
      [join(root, 'place/plain'), /plain is not a folder/],
      [join(root, 'place/plain/below'), /plain is not a folder|not a directory/],
      [join(root, 'place/link/below'), /file already exists/],
    ] as const) {
      const place = openFolderDirectory(path)
      const refused = (error: unknown): boolean =>
        error instanceof DirectoryError && message.test(error.message)
      await assert.rejects(place.write('b', 1, text('x'), never), refused, path)
    }
  })
})
