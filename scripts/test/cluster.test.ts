import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Finished, runProgram } from '../../conformance/kit/run-program.ts'
import { topologySkip } from '../../server/test/kit/servers/topology.ts'

const root = join(import.meta.dirname, '../..')
const cluster = (args: readonly string[], env: Record<string, string> = {}): Promise<Finished> =>
  runProgram(process.execPath, ['scripts/cluster.ts', ...args], { cwd: root, env })

test('what can be said to the cluster is told on demand, and where something else is said, without a stack', async () => {
  const { code, stdout, stderr } = await cluster(['--help'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^npm run cluster -- \[--processes <n>\] \[--json\]\n.*conformance\/install/s)
  for (const wrong of [['--proceses', '3'], ['--processes', 'many'], ['more']]) {
    const told = await cluster(wrong)
    assert.deepEqual([told.code, told.stdout], [2, ''])
    assert.match(told.stderr, /npm run cluster -- \[--processes <n>\]/)
    assert.doesNotMatch(told.stderr, /\n\s+at /)
  }
})

test('a folder for temporary files that PostgreSQL cannot enter is named', {
  skip: topologySkip || (process.getuid?.() !== 0 && 'only root runs PostgreSQL as somebody else'),
}, async (t) => {
  const closed = await mkdtemp(join(tmpdir(), 'lading-closed-'))
  t.after(() => rm(closed, { recursive: true, force: true }))
  await chmod(closed, 0o700)
  const temporary = join(closed, 'tmp')
  await mkdir(temporary)
  const { LADING_TOOLS_DIR } = process.env
  const { code, stdout, stderr } = await cluster([], {
    TMPDIR: temporary,
    ...(LADING_TOOLS_DIR !== undefined && { LADING_TOOLS_DIR }),
  })
  assert.deepEqual([code, stdout], [1, ''])
  assert.match(
    stderr,
    /^PostgreSQL does not run as root, and user 65534.* cannot enter .*set TMPDIR to a folder/,
  )
  assert.doesNotMatch(stderr, /\n\s+at /)
  assert.deepEqual(await readdir(temporary), [])
})
