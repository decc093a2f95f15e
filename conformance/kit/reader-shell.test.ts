import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { readerPath } from './reader-shell.ts'
import { runProgram, succeed } from './run-program.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { installedTool } from './tool.ts'

const podman = installedTool('podman')

test("a reader's docker pulls without the net and tags", { skip: podman.skip }, async () => {
  await using folder = await temporaryFolder()
  const programs = join(folder.path, 'programs')
  await mkdir(programs)
  const PATH = await readerPath(programs, [podman])
  const running = {
    cwd: folder.path,
    env: { PATH, HOME: folder.path, TMPDIR: folder.path, XDG_RUNTIME_DIR: folder.path },
  }
  const names = (text: string): string[] => text.trim().split('\n').sort()
  const commands = 'docker pull hello-world && docker tag hello-world 127.0.0.1:1/demo/hello'
  await succeed('bash', ['-c', commands], running)
  const { stdout } = await succeed('bash', ['-c', "docker images --format '{{.Repository}}'"], running)
  assert.deepEqual(names(stdout), ['127.0.0.1:1/demo/hello', 'docker.io/library/hello-world'])
  // A name with a host is asked for there, and nobody listens.
  assert.notEqual((await runProgram('bash', ['-c', 'docker pull 127.0.0.1:1/demo/absent'], running)).code, 0)
})

test('npx runs lading only', async () => {
  await using folder = await temporaryFolder()
  const PATH = await readerPath(folder.path, [])
  const { code, stderr } = await runProgram('bash', ['-c', 'npx left-pad'], {
    cwd: folder.path,
    env: { PATH },
  })
  assert.equal(code, 1)
  assert.match(stderr, /npx left-pad is not for this test/)
})
