import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../../../..')
const project = join(import.meta.dirname, 'mongodb-newest.tsconfig.json')

// The stand-in is too old for the newest driver, so that it can be compiled against and not run.
test('the engine fits the types of the newest major of its driver too', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/mongodb-newest/package.json'), 'utf8'))
  assert.ok(Number.parseInt(version, 10) >= 7, `mongodb-newest is ${version}`)
  const tsc = join(root, 'node_modules/.bin/tsc')
  const { stdout } = await promisify(execFile)(tsc, ['-p', project, '--listFilesOnly'])
  assert.match(stdout, /mongodb-newest\/mongodb\.d\.ts/)
  assert.doesNotMatch(stdout, /node_modules\/mongodb\/mongodb\.d\.ts/)
  await promisify(execFile)(tsc, ['-p', project]).catch(({ stdout: told }) => assert.fail(told))
})
