import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, open, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openTarReader } from '../../../../src/adapters/directory/tar/open-tar-reader.ts'
import { openTarWriter } from '../../../../src/adapters/directory/tar/open-tar-writer.ts'
import { blockBytes, readHeader, writeHeader } from '../../../../src/adapters/directory/tar/tar-header.ts'
import type { DirectoryReader } from '../../../../src/ports/directory/directory.ts'
import { DirectoryError } from '../../../../src/ports/directory/errors.ts'

const never = new AbortController().signal
const longName = `blobs/sha512/${'a'.repeat(128)}`
let root = ''
let archive = ''
describe('archives', () => {
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'lading-archive-'))
    archive = join(root, 'a.tar')
  })
  afterEach(() => rm(root, { recursive: true }))

  async function* text(written: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(written)
  }

  async function contentOf(from: DirectoryReader, path: string): Promise<string> {
    const file = await from.open(path, never)
    const chunks: Uint8Array[] = []
    for await (const chunk of file?.bytes ?? []) chunks.push(Uint8Array.from(chunk))
    return Buffer.concat(chunks).toString()
  }

  test('a pipe is refused, and not waited for', async () => {
    execFileSync('mkfifo', [archive])
    await assert.rejects(openTarReader(archive, never), (error) => {
      assert.ok(error instanceof DirectoryError)
      assert.equal(error.kind, 'path')
      assert.equal(error.message, `${archive} is not a plain file`)
      return true
    })
  })

  async function refusedWith(why: RegExp, bytes: Uint8Array): Promise<void> {
    await writeFile(archive, bytes)
    const error = await openTarReader(archive, never).then(
      () => assert.fail(`it was read, and ${why} was to be its fault`),
      (reason: unknown) => reason,
    )
    assert.ok(error instanceof DirectoryError, `${error}`)
    assert.match(error.message, why)
  }

  test("the system's own tar reads what is written, whatever the length of the names", async () => {
    const names = ['index.json', 'blobs/sha256/short', longName, 'ünï/code']
    {
      await using to = openTarWriter(archive)
      for (const name of names)
        await to.write(name, name.length, text(name.normalize().replaceAll(/[^ -~]/g, '?')), never)
      await to.finish()
    }
    await mkdir(join(root, 'out'))
    execFileSync('tar', ['-xf', archive, '-C', join(root, 'out')])
    const found = (await readdir(join(root, 'out'), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    )
    assert.deepEqual(found.map(({ name }) => name).sort(), names.map((name) => name.split('/').at(-1)).sort())
    const listed = execFileSync('tar', ['-tvf', archive], { encoding: 'utf8' })
    assert.match(listed, /-rw-r--r-- .* 10 1970-01-01 .* index\.json/)
  })

  test("what the system's tar writes in each of its forms is read", async () => {
    const source = join(root, 'source')
    await mkdir(join(source, 'blobs/sha512'), { recursive: true })
    for (const name of ['index.json', longName]) await writeFile(join(source, name), `content of ${name}`)
    for (const format of ['gnu', 'pax', 'ustar', 'oldgnu', 'v7']) {
      // The oldest forms have no room for the long name.
      const files = format === 'ustar' || format === 'v7' ? ['./index.json'] : ['.']
      execFileSync('tar', ['-C', source, `--format=${format}`, '-cf', archive, ...files])
      await using from = await openTarReader(archive, never)
      assert.equal(await contentOf(from, 'index.json'), 'content of index.json', format)
      if (files[0] === '.') assert.equal(await contentOf(from, longName), `content of ${longName}`, format)
    }
  })

  test('a file beyond what octal digits can tell has its size in full', async () => {
    const size = 20 * 1024 ** 3
    const header = writeHeader('large', 'file', size)
    assert.equal(header.length, 3 * blockBytes)
    const handle = await open(archive, 'w')
    await handle.write(header)
    await handle.close()
    // Sparse: the file system keeps no byte of it.
    await truncate(archive, header.length + size + 2 * blockBytes)
    await using from = await openTarReader(archive, never)
    assert.equal(await from.size('large'), size)
    const gnu = writeHeader('large', 'file', 5)
    gnu.fill(0, 124, 136)
    gnu[124] = 0x80
    gnu.writeUIntBE(size, 130, 6)
    gnu.write('        ', 148, 'latin1')
    const sum = gnu.reduce((total, byte) => total + byte, 0)
    gnu.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    assert.equal(readHeader(gnu)?.size, size)
  })

  test('links, devices, names that lead elsewhere, and names that come twice are refused', async () => {
    const source = join(root, 'source')
    await mkdir(source)
    await writeFile(join(source, 'file'), 'x')
    await symlink('file', join(source, 'link'))
    const tar = (...args: string[]): Buffer => execFileSync('tar', ['-C', source, '-cf', '-', ...args])
    await refusedWith(/"link" in the archive is neither a plain file nor a folder/, tar('link'))
    execFileSync('mkfifo', [join(source, 'pipe')])
    await refusedWith(/neither/, tar('pipe'))
    await refusedWith(/no path here/, tar('-P', '--transform=s,file,../file,', 'file'))
    await refusedWith(/no path here/, tar('-P', '--transform=s,file,/etc/file,', 'file'))
    await refusedWith(/no path here/, tar('--transform=s,file,a/../../b,', '-P', 'file'))
    await refusedWith(/twice/, tar('--hard-dereference', 'file', './file'))
  })

  test('what is no whole archive is refused', async () => {
    await refusedWith(/compressed/, gzipSync(Buffer.alloc(2048)))
    await refusedWith(/damaged, or this is no tar/, Buffer.alloc(1024, 'x'))
    await refusedWith(/cut short/, Buffer.alloc(100, 'x'))
    const whole = Buffer.concat([writeHeader('a', 'file', 2000), Buffer.alloc(2048), Buffer.alloc(1024)])
    await refusedWith(/ends within "a"/, whole.subarray(0, 1000))
    const flipped = Buffer.from(whole)
    flipped.writeUInt8(flipped.readUInt8(3) ^ 1, 3)
    await refusedWith(/damaged/, flipped)
    const malformed = Buffer.concat([writeHeader('x'.repeat(120), 'file', 0)])
    for (const record of ['9999 path=x\n', '0 path=x\n', 'path=x\n', '12 path\n', '-5 path=x\n', '']) {
      const spoilt = Buffer.from(malformed)
      spoilt.fill(0, blockBytes, 2 * blockBytes)
      spoilt.write(record, blockBytes)
      await refusedWith(/pax header is malformed/, spoilt)
    }
  })

  test('an archive has its name only when it is whole, and is not written over in part', async () => {
    {
      await using to = openTarWriter(archive)
      await to.write('a', 1, text('x'), never)
      assert.deepEqual(
        (await readdir(root)).filter((name) => name === 'a.tar'),
        [],
      )
    }
    assert.deepEqual(await readdir(root), [], 'one that was not finished leaves nothing')
    await using to = openTarWriter(archive)
    await assert.rejects(to.write('a', 5, text('x'), never), /5 bytes/)
    await assert.rejects(to.finish(), /not whole/)
    await assert.rejects(to.write('b', 1, text('x'), never), /not whole/)
  })
})
