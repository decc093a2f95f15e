import assert from 'node:assert/strict'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { findProgram, type Wanted } from './find-program.ts'
import { freshFolder } from './folder.ts'

const wanted: Wanted = {
  name: 'server-under-test',
  variable: 'LADING_PEER_TEST',
  inPath: true,
  versionArgs: ['--version'],
  version: / v(\S+)/,
  howToGet: 'build it',
}

test('a program is found by its variable first, then in the path, and asked for its version', async () => {
  await using folder = await freshFolder()
  const path = join(folder.path, wanted.name)
  await writeFile(path, '#!/bin/sh\n[ "$1" = --version ] && echo "$0 v4.5.6-rc.1 (x)"\n')
  await chmod(path, 0o755)
  assert.deepEqual(await findProgram(wanted, { LADING_PEER_TEST: path }), { path, version: '4.5.6-rc.1' })
  assert.deepEqual(await findProgram(wanted, { PATH: `/nowhere:${folder.path}` }), {
    path,
    version: '4.5.6-rc.1',
  })
})

test('what is not there is said with how to get it; a wrong variable is refused', async () => {
  assert.deepEqual(await findProgram(wanted, { PATH: '/nowhere' }), { missing: 'build it' })
  await assert.rejects(findProgram(wanted, { LADING_PEER_TEST: '/nowhere/x' }), /LADING_PEER_TEST/)
})

test('a build that does not know its version is named by its bytes', async () => {
  await using folder = await freshFolder()
  const path = join(folder.path, wanted.name)
  await writeFile(path, '#!/bin/sh\ndate +%N >&2; exit 1\n')
  await chmod(path, 0o755)
  const found = await findProgram(wanted, { LADING_PEER_TEST: path })
  assert.match('version' in found ? found.version : '', /^unnamed build [0-9a-f]{12}$/)
  assert.deepEqual(await findProgram(wanted, { LADING_PEER_TEST: path }), found)
})
