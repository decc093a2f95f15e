import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { filledFolder } from '../cli/filled-folder.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const asOther = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath]
const triesAs =
  process.getuid?.() === 0 && spawnSync('setpriv', [...asOther, '-e', '0']).status === 0
    ? false
    : 'only root may be another user'

test('a server whose user may read the folder and not write to it does not start', {
  skip: triesAs,
}, async () => {
  await using filled = await filledFolder()
  await chmod(filled.root, 0o755)
  const all = await readdir(filled.data, { recursive: true, withFileTypes: true })
  for (const each of all) await chmod(join(each.parentPath, each.name), each.isDirectory() ? 0o755 : 0o644)
  await chmod(filled.data, 0o755)
  const serve = [main, 'serve', '--data', filled.data, '--listen', '127.0.0.1:0', '--threads', '1']
  for (const writable of [[], ['.'], ['.', 'lock.db', 'lading.db']]) {
    for (const path of writable) await chmod(join(filled.data, path), 0o777)
    const { status, stdout, stderr } = spawnSync('setpriv', [...asOther, ...serve], {
      encoding: 'utf8',
      timeout: 30_000,
    })
    assert.equal(stdout, '', writable.join())
    assert.match(stderr, /^lading serve: \S+ cannot be used: this user has no right to it; .*$/m)
    assert.equal(status, 1)
  }
})

test('a command of a user without a right to the folder names whom to run it as', {
  skip: triesAs,
}, async () => {
  await using filled = await filledFolder()
  await chmod(filled.root, 0o755)
  for (const mode of [0o700, 0o755]) {
    await chmod(filled.data, mode)
    const { status, stderr } = spawnSync(
      'setpriv',
      [...asOther, main, 'backup', '/nowhere', '--data', filled.data],
      { encoding: 'utf8', timeout: 30_000 },
    )
    assert.match(
      stderr,
      /^lading backup: \S+ belongs to user 0, .* run the command as that user, with sudo -u '#0'\n$/,
    )
    assert.equal(status, 1)
  }
})
