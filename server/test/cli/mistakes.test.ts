import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { filledFolder } from './filled-folder.ts'
import { runIn, runLine } from './run-line.ts'
import { TestWorld } from './test-world.ts'

test('a place that cannot be meant is refused with what to name instead, and nothing is left there', async () => {
  await using filled = await filledFolder()
  const { root, data } = filled
  await writeFile(join(root, 'plain'), 'plain')
  await mkdir(join(root, 'saved'))
  await writeFile(join(root, 'saved/manifest.json'), '[]')
  await writeFile(join(root, 'image.tgz'), 'packed')
  const before = (await readdir(root)).sort()
  for (const [line, message] of [
    [`import ${root}/nowhere acme/app`, /there is nothing at \S+\/nowhere$/],
    [`import ${root}/nowhere.tar acme/app`, /there is nothing at \S+\/nowhere\.tar$/],
    [`import ${root}/plain acme/app`, /plain is neither a folder nor a file whose name ends on \.tar$/],
    [`import ${root}/image.tgz acme/app`, /image\.tgz is no plain archive: unpack it first/],
    [`import ${root}/saved acme/app`, /it was saved for docker load: .*--format oci-archive/],
    [`export acme/app ${root}/a.tar.gz`, /no archive is written as \.gz: end the name on \.tar/],
    [`export acme/app ${root}/none/a.tar`, /there is no folder \S+\/none: make it first$/],
    [`export acme/app ${root}/plain/a`, /plain\/a is below something that is not a folder$/],
    [`backup ${root}/plain`, /plain is not a folder$/],
    [`backup ${root}/plain/a`, /plain\/a is below something that is not a folder$/],
    ['backup /proc/lading/copy', /\/proc\/lading cannot be made: \/proc takes no folders$/],
  ] as const) {
    const { code, out, err } = await runLine(`${line} --data ${data}`)
    assert.deepEqual([code, out], [1, ''], line)
    assert.match(err, message)
    assert.doesNotMatch(err, /\n/)
  }
  assert.deepEqual((await readdir(root)).sort(), before)
})

test('an empty argument, a flag without its value and a reference without a host are told', async () => {
  for (const [words, message] of [
    [['backup', ''], 'lading backup: <folder> is empty'],
    [['export', 'acme/app', ''], 'lading export: <path> is empty'],
    [['jobs', '--revive'], 'lading jobs: --revive wants <id>|all after it'],
    [
      ['tag', 'history', 'acme/site:v1'],
      'lading tag history: "acme/site:v1" names no host: write it before the name, such as 127.0.0.1:7070/acme/site:v1, or as http://acme where it is one',
    ],
  ] as const) {
    const { code, err } = await runIn(new TestWorld(), words)
    assert.deepEqual([code, err.split('\n')[0]], [2, message])
  }
})
