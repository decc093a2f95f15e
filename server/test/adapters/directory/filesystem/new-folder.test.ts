import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { openFolderDirectory } from '../../../../src/adapters/directory/filesystem/open-folder-directory.ts'
import { openNewFolder } from '../../../../src/adapters/directory/filesystem/open-new-folder.ts'
import { directoryContract } from '../../../../src/ports/directory/suite.ts'

describe('a new folder', () => {
  for (const there of [false, true]) {
    const contract = directoryContract({
      can: { update: false },
      start: async () => {
        const root = await mkdtemp(join(tmpdir(), 'lading-directory-'))
        const folder = join(root, 'made/at/the/end')
        if (there) await mkdir(folder, { recursive: true })
        return {
          writer: async () => openNewFolder(folder),
          reader: async () => openFolderDirectory(folder),
          [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
        }
      },
    })
    for (const { name, run } of contract) test(`${there ? 'that is there' : 'of its own'}: ${name}`, run)
  }
})

const never = new AbortController().signal
let root = ''
describe('a new folder on a disk', () => {
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'lading-new-folder-'))
  })
  afterEach(() => rm(root, { recursive: true }))

  async function* text(written: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(written)
  }

  test('what was broken off leaves nothing, and may be begun again', async () => {
    for (const there of [false, true]) {
      const folder = join(root, String(there))
      if (there) await mkdir(folder)
      {
        await using broken = openNewFolder(folder)
        await broken.write('oci-layout', 1, text('x'), never)
        await assert.rejects(broken.write('blobs/a', 2, text('x'), never))
        assert.equal(await broken.isEmpty(), false)
      }
      assert.deepEqual(await readdir(root), there ? ['false', 'true'] : [])
      await using again = openNewFolder(folder)
      assert.equal(await again.isEmpty(), true)
      await again.write('blobs/a', 1, text('x'), never)
      await again.write('index.json', 1, text('x'), never)
      await again.finish()
      assert.deepEqual((await readdir(folder, { recursive: true })).sort(), [
        'blobs',
        'blobs/a',
        'index.json',
      ])
    }
  })

  test("what a crash left beside or within it is in nobody's way; what else is there is", async () => {
    await mkdir(join(root, 'a.0123456789ab.partial'))
    await mkdir(join(root, 'a/0123456789ab.partial'), { recursive: true })
    const folder = openNewFolder(join(root, 'a'))
    assert.equal(await folder.isEmpty(), true)
    await writeFile(join(root, 'a/mine'), '')
    assert.equal(await folder.isEmpty(), false)
  })
})
