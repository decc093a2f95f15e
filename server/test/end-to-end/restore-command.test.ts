import assert from 'node:assert/strict'
import { chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { filledFolder } from '../cli/filled-folder.ts'
import { runLine, runWell } from '../cli/run-line.ts'

test('a restore into a place that takes no folder is refused in a sentence', async () => {
  await using filled = await filledFolder()
  const copy = join(filled.root, 'copy')
  await runWell(`backup ${copy} --data ${filled.data}`)
  await writeFile(join(filled.root, 'plain'), 'plain')
  for (const [data, message] of [
    [
      '/proc/lading/data',
      '/proc/lading cannot be made: no folder can be made there; name another one with --data',
    ],
    [`${filled.root}/plain`, `${filled.root}/plain is not a folder; name another one with --data`],
    [`${filled.root}/plain/data`, `${filled.root}/plain/data is not a folder; name another one with --data`],
  ]) {
    const { code, out, err } = await runLine(`restore ${copy} --data ${data}`)
    assert.deepEqual([code, out, err], [1, '', `lading restore: ${message}`])
  }
})

test("a restore leaves a folder with somebody's own files as it is", async () => {
  await using filled = await filledFolder()
  const copy = join(filled.root, 'copy')
  await runWell(`backup ${copy} --data ${filled.data}`)
  const other = join(filled.root, 'other')
  await mkdir(other)
  await writeFile(join(other, 'thesis.txt'), 'mine')
  const { code, err } = await runLine(`restore ${copy} --data ${other}`)
  assert.equal(code, 1)
  assert.match(err, /other has "thesis.txt", which is of no registry: restore into a new or an empty folder$/)
  assert.deepEqual(await readdir(other), ['thesis.txt'])
})

test('root is told whose what it has restored is', {
  skip: process.getuid?.() === 0 ? false : 'only root can make files for others',
}, async () => {
  await using filled = await filledFolder()
  const copy = join(filled.root, 'copy')
  await runWell(`backup ${copy} --data ${filled.data}`)
  const own = join(filled.root, 'own')
  assert.match((await runWell(`restore ${copy} --data ${own}`)).out, /: chown -R <user> \S+own\n/)
  const given = join(filled.root, 'given')
  await mkdir(given)
  await chown(given, 65_534, 65_533)
  assert.match((await runWell(`restore ${copy} --data ${given}`)).out, /: chown -R 65534:65533 \S+given\n/)
})

test('what of a damaged registry is not in its backup does not count as if it were', async () => {
  await using filled = await filledFolder()
  const blobs = join(filled.data, 'blobs')
  const all = await readdir(blobs, { recursive: true, withFileTypes: true })
  const file = all.find((each) => each.isFile() && each.name !== 'owner')
  assert.ok(file)
  await rm(join(file.parentPath, file.name))
  const copy = join(filled.root, 'copy')
  for (const line of [
    `backup ${copy} --data ${filled.data}`,
    `restore ${copy} --data ${filled.root}/again`,
  ]) {
    const { code, out } = await runLine(line)
    assert.equal(code, 3)
    assert.match(
      out,
      /^damaged: sha256:\w+: .*\n.* as of \S+(, backed up by Lading \S+)?: 1 of 2 files \(all: 0\.2 MiB\)/,
    )
  }
})
