import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { atAddress, scriptOf, shellBlocks } from './shell-blocks.ts'

const fence = '```'

test('sh blocks are found with their lines, and other blocks are left alone', () => {
  const document = [
    'Text',
    `${fence}sh`,
    'echo one',
    'echo two',
    fence,
    `${fence}json`,
    '{ "sh": true }',
    fence,
    '- in a list:',
    `  ${fence}sh needs=oras, cosign`,
    '  if true; then',
    '    echo three',
    '  fi',
    `  ${fence}`,
    '~~~~sh no-run=it needs a cluster',
    '~~~',
    'kubectl',
    '~~~~',
    'inline `sh` is no block',
  ].join('\n')
  assert.deepEqual(shellBlocks(document), [
    { line: 3, script: 'echo one\necho two', needs: [] },
    { line: 11, script: 'if true; then\n  echo three\nfi', needs: ['oras', 'cosign'] },
    { line: 16, script: '~~~\nkubectl', needs: [], notRun: 'it needs a cluster' },
  ])
})

test('a block that could escape the test is refused', () => {
  assert.throws(
    () => shellBlocks(`${fence}bash\nls\n${fence}`),
    /line 1: a shell block is called sh, not bash/,
  )
  assert.throws(() => shellBlocks(`\n${fence}console\n$ ls\n${fence}`), /line 2: .* not console/)
  assert.throws(
    () => shellBlocks(`${fence}sh no-run=\nls\n${fence}`),
    /takes needs=programs or no-run=reason/,
  )
  assert.throws(() => shellBlocks(`${fence}sh norun=x\nls\n${fence}`), /not norun=x/)
  assert.throws(() => shellBlocks(`${fence}sh\nls\n`), /line 1: a fence without an end/)
})

test('blocks share a shell, and a failing command tells its place and ends the run', () => {
  const blocks = shellBlocks(
    `${fence}sh\nname=lading\n${fence}\n${fence}sh\necho "$name"\nfalse | cat\necho late\n${fence}`,
  )
  const { status, stdout, stderr } = spawnSync('bash', ['-c', scriptOf('GUIDE.md', blocks)], {
    encoding: 'utf8',
  })
  assert.equal(status, 1)
  assert.equal(stdout, 'lading\n')
  assert.match(stderr, /^failed in GUIDE\.md, the block at line 5: /)
})

test("the default address becomes the test server's", () => {
  assert.equal(
    atAddress('curl http://127.0.0.1:7070/v2/ localhost:7070/a', '127.0.0.1:5001'),
    'curl http://127.0.0.1:5001/v2/ localhost:5001/a',
  )
})
