import assert from 'node:assert/strict'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { exitCodes } from '../../src/cli/command.ts'
import { stateOf } from '../engines/copy/copy-load.ts'
import { filledFolder } from './filled-folder.ts'
import { type Ran, runIn, runLine } from './run-line.ts'
import { TestWorld } from './test-world.ts'

const copy = (...words: string[]): Promise<Ran> => runIn(new TestWorld(), ['copy', ...words])

test('a data folder is copied into another one, named in any of the ways that there are', async () => {
  await using stood = await filledFolder()
  const { root, data } = stood
  const [one, two, three] = ['one', 'two', 'three'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ]
  const told = await copy('--from', data, '--to', one)
  assert.deepEqual([told.code, told.err], [exitCodes.done, ''])
  assert.match(
    told.out,
    new RegExp(
      `^Copied \\d+ rows, \\d+ entries of logs and 2 files \\(0\\.2 MiB\\), removed 0, in 2 passes\n${one} has the registry as of 20.*Z: \\d+ rows, all compared, and 2 files \\(0\\.2 MiB\\), all held against their digests\nStart it: lading serve --data ${one}$`,
    ),
  )
  const config = join(root, 'two.yaml')
  await writeFile(config, `data: ./two\n`)
  const json = await copy('--from', pathToFileURL(one).href, '--to', config, '--json')
  assert.equal(json.code, exitCodes.done, json.err)
  const large = [...stood.image.layers, stood.forgotten].filter((piece) => piece.bytes.length > 65_536)
  const bytes = large.reduce((sum, piece) => sum + piece.bytes.length, 0)
  assert.deepEqual(JSON.parse(json.out).content, { files: large.length, bytes })
  const last = await copy('--from', `config:${config}`, '--to', `folder:${three}`, '--moment')
  assert.equal(last.code, exitCodes.done, last.err)
  const state = await stateOf(data)
  for (const folder of [one, two, three]) assert.deepEqual(await stateOf(folder), state, folder)
})

test('what cannot be copied, or not there, is refused in words, and nothing is changed', async () => {
  await using stood = await filledFolder()
  await using other = await filledFolder()
  const { root, data } = stood
  const before = await stateOf(other.data)
  const target = join(root, 'target')
  const refused = async (words: readonly string[], code: number, why: RegExp): Promise<void> => {
    const ran = await copy(...words)
    assert.deepEqual([ran.code, ran.out], [code, ''], words.join(' '))
    assert.match(ran.err, why, words.join(' '))
  }
  const { failed, usage } = exitCodes
  await refused(['--to', target], usage, /--from is missing/)
  await refused(['--from', data], usage, /--to is missing/)
  await refused(
    ['--from', data, '--to', other.data],
    failed,
    /holds a registry already: there are rows in repositories/,
  )
  assert.deepEqual(await stateOf(other.data), before)
  await refused(['--from', data, '--to', data], failed, /is itself the data folder/)
  await refused(['--from', data, '--to', join(data, 'blobs', 'copy')], failed, /is in the data folder/)
  await refused(
    ['--from', join(root, 'nothing'), '--to', target],
    failed,
    /--from: there is no data folder .*nothing; name it with --from$/,
  )
  await refused(['--from', data, '--to', join(root, 'no.yaml')], failed, /--to: there is no file .*no\.yaml/)
  await refused(
    ['--from', data, '--to', 'postgresql://lading:secret@db/lading'],
    failed,
    /into a configuration file/,
  )
  const nameless = join(root, 'nameless.yaml')
  await writeFile(nameless, 'log:\n  level: warn\n')
  await refused(
    ['--from', data, '--to', nameless],
    failed,
    /does not say which data folder .* set data in it/,
  )
  await writeFile(nameless, 'dta: ./x\n')
  await refused(['--from', data, '--to', nameless], failed, /--to: .*dta/)
  // Port 1 is nobody's.
  const far = { url: 'postgresql://lading@127.0.0.1:1/lading' }
  await writeFile(nameless, JSON.stringify({ data: './far', store: far, blobs: { bucket: 'lading' } }))
  await refused(['--from', data, '--to', nameless], failed, /copy: --to: .*127\.0\.0\.1:1/)
  await refused(['--from', nameless, '--to', target], failed, /copy: --from: .*127\.0\.0\.1:1/)
  await rm(join(root, 'far'), { recursive: true, force: true })
  assert.deepEqual((await readdir(root)).sort(), ['data', 'nameless.yaml'])
})

test('a target that is kept open is for no server, until a run without that has closed it', async () => {
  await using stood = await filledFolder()
  const target = join(stood.root, 'target')
  const both = await copy('--from', stood.data, '--to', target, '--moment', '--keep-open')
  assert.deepEqual([both.code, both.out], [exitCodes.usage, ''])
  assert.match(both.err, /--moment .* does not go with --keep-open/)
  const first = await copy('--from', stood.data, '--to', target, '--keep-open')
  assert.deepEqual([first.code, first.err], [exitCodes.done, ''])
  assert.match(
    first.out,
    new RegExp(
      `^Copied .*\n${target} has all that was committed before 20.*Z, and 2 files \\(0\\.2 MiB\\), all held against their digests\\. It stays open: no server starts on it yet\nStop the server of the source, and run the same without --keep-open: it takes only what changed since$`,
    ),
  )
  const served = await runLine(`gc --data ${target}`)
  assert.equal(served.code, exitCodes.failed)
  assert.match(served.err, /run the same `lading copy` again, without --keep-open, until it ends with 0/)
  const again = await copy('--from', stood.data, '--to', target, '--keep-open', '--json')
  assert.equal(again.code, exitCodes.done, again.err)
  const { open, whole, copied } = JSON.parse(again.out)
  assert.deepEqual([open, whole, copied.rows, copied.files], [true, false, 0, 0])
  const last = await copy('--from', stood.data, '--to', target)
  assert.deepEqual([last.code, last.err], [exitCodes.done, ''])
  assert.match(
    last.out,
    /^Copied 0 rows, 0 entries of logs and 0 files .*\n.*all compared, and 2 files .*\nStart it: /,
  )
  assert.deepEqual(await stateOf(target), await stateOf(stood.data))
  const more = await copy('--from', stood.data, '--to', target)
  assert.equal(more.code, exitCodes.failed)
  assert.match(more.err, /--to: it holds a registry already: a copy of this one that has ended/)
})

test('a target of a newer release is refused, and left as it is', async () => {
  await using stood = await filledFolder()
  const target = join(stood.root, 'target')
  assert.equal((await copy('--from', stood.data, '--to', target)).code, exitCodes.done)
  const setVersion = (version: number): void => {
    const db = new DatabaseSync(join(target, 'lading.db'))
    db.exec(`UPDATE "_schema" SET version = ${version}`)
    db.close()
  }
  setVersion(99)
  const { code, err } = await copy('--from', stood.data, '--to', target)
  assert.equal(code, exitCodes.failed)
  assert.match(err, /--to: .*99/)
})

test('half of a copy is for no command but another run of it', async () => {
  await using stood = await filledFolder()
  const target = join(stood.root, 'target')
  assert.equal((await copy('--from', stood.data, '--to', target)).code, exitCodes.done)
  const db = new DatabaseSync(join(target, 'lading.db'))
  const mark = {
    format: 1,
    registry: `sha256:${'0'.repeat(64)}`,
    release: '1',
    begunAt: 1,
    passes: 0,
    asOf: 0,
    verifiedAt: 0,
  }
  db.prepare('INSERT INTO secrets (name, bytes, rev) VALUES (?, ?, ?)').run(
    'half-copied',
    Buffer.from(JSON.stringify(mark)),
    '0'.repeat(32),
  )
  db.close()
  for (const line of [`gc --data ${target}`, `copy --from ${target} --to ${join(stood.root, 'more')}`]) {
    const { code, err } = await runLine(line)
    assert.equal(code, exitCodes.failed)
    assert.match(
      err,
      /target of a copy that was begun at 1970-01-01T00:00:00.001Z and has not ended, whose first pass has not ended: run the same `lading copy` again/,
    )
  }
  const { err } = await copy('--from', stood.data, '--to', target)
  assert.match(err, /a copy of another registry into it was begun at 1970/)
})
