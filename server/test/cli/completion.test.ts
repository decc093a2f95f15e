import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { commands } from '../../src/cli/commands.ts'
import { runLine, runWell } from './run-line.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-completion-'))
  await mkdir(join(folder, 'a folder'))
  await writeFile(join(folder, 'a file'), '')
  for (const shell of ['bash', 'zsh', 'fish']) {
    await writeFile(join(folder, shell), `${(await runWell(`completion ${shell}`)).out}\n`)
  }
})
after(() => rm(folder, { recursive: true, force: true }))

/** false where the shell is there. */
function missing(shell: string): string | false {
  return spawnSync(shell, ['--version']).error === undefined ? false : `${shell} is not installed`
}

function shell(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb' },
  })
  assert.deepEqual([status, stderr], [0, ''])
  return stdout
}

const cases: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [['ver'], ['version']],
  [
    ['tag', ''],
    ['history', 'restore'],
  ],
  [['tag', 'history', '--pl'], ['--plain-http']],
  [['serve', '--log-f'], ['--log-format']],
  [
    ['serve', '--log-format', ''],
    ['auto', 'json', 'pretty'],
  ],
  [
    ['gc', '--d'],
    ['--data', '--dry-run'],
  ],
  [['gc', '--dry-run', '--h'], ['--help']],
  [
    ['completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
]

test('bash offers commands, flags, words and names of files', { skip: missing('bash') }, () => {
  const ask = (words: readonly string[]): string[] => {
    const quoted = ['lading', ...words].map((word) => `'${word}'`).join(' ')
    const script = `source ./bash; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}
      $(complete -p lading | sed 's/^complete -F \\([^ ]*\\) lading$/\\1/') lading; printf '%s\\n' "\${COMPREPLY[@]}"`
    return shell('bash', ['--norc', '-c', script])
      .split('\n')
      .filter((line) => line !== '')
      .sort()
  }
  assert.deepEqual(ask(['']), [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))].sort())
  for (const [words, offered] of cases) assert.deepEqual(ask(words), offered, words.join(' '))
  // bash hands --log-format=p over in three words.
  assert.deepEqual(ask(['serve', '--log-format', '=', 'p']), ['pretty'])
  assert.deepEqual(ask(['serve', '--log-format', '=']), ['auto', 'json', 'pretty'])
  assert.deepEqual(ask(['gc', '--config', 'a']), ['a file', 'a folder'])
  assert.deepEqual(ask(['backup', 'a']), ['a folder'])
  assert.deepEqual(ask(['gc', '--data', 'a']), ['a folder'])
  assert.deepEqual(ask(['serve', '--listen', '']), [])
})

test('every flag of every command is offered by bash', { skip: missing('bash') }, () => {
  for (const { name, flags } of commands) {
    const words = [...name.split(' '), '--']
    const quoted = ['lading', ...words].join(' ')
    const script = `source ./bash; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _lading; printf '%s\\n' "\${COMPREPLY[@]}"`
    const offered = shell('bash', ['--norc', '-c', script]).trim().split('\n').sort()
    assert.deepEqual(offered, [...Object.keys(flags), 'help'].map((flag) => `--${flag}`).sort(), name)
  }
})

test('fish offers the same', { skip: missing('fish') }, () => {
  const ask = (words: readonly string[]): string[] => {
    const script = `source ./fish; complete -C 'lading ${words.join(' ')}'`
    const lines = shell('fish', ['--no-config', '-c', script]).split('\n')
    return lines
      .map((line) => line.split('\t')[0] ?? '')
      .filter((word) => word !== '')
      .sort()
  }
  for (const [words, offered] of cases) assert.deepEqual(ask(words), offered, words.join(' '))
  assert.deepEqual(ask(['gc', '--data', 'a']), ['a folder/'])
  assert.deepEqual(ask(['serve', '--listen', '']), [])
})

test('zsh takes it, and knows whom to ask', { skip: missing('zsh') }, () => {
  const script = 'autoload -Uz compinit && compinit -u -D && source ./zsh && print -r -- $_comps[lading]'
  assert.equal(shell('zsh', ['-f', '-c', script]), '_lading\n')
  // Sourced or found in fpath: the functions of all commands are there.
  const names = commands.map(({ name }) => `_lading_${name.replace(' ', '_')}`)
  const known = shell('zsh', ['-f', '-c', `${script}; print -rl -- \${(k)functions}`]).split('\n')
  assert.deepEqual(
    names.filter((name) => !known.includes(name)),
    [],
  )
})

test('another shell is a mistake of the command line', async () => {
  const { code, err } = await runLine('completion tcsh')
  assert.deepEqual([code, err], [2, 'lading completion: wants one of: bash, zsh, fish'])
})
