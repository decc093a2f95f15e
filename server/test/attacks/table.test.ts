import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'

const tests = join(import.meta.dirname, '..')
/** What is to be tried at least; an attack may be in several parts. */
const attacks = [
  ...[
    'brute force',
    'user enumeration',
    'session fixation',
    'CSRF',
    'open redirect',
    'refresh theft',
    'token in logs',
  ],
  ...[
    'header injection',
    'host-header tricks',
    'request smuggling shapes',
    'prototype pollution',
    'ReDoS',
    'SSRF',
  ],
]

interface Row {
  readonly attack: string
  readonly refused: string
  readonly succeeds: string
}

async function rows(): Promise<readonly Row[]> {
  const text = await readFile(join(import.meta.dirname, 'README.md'), 'utf8')
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| attack '))
    .map((line) => {
      const [, attack = '', refused = '', succeeds = ''] = line.split('|').map((cell) => cell.trim())
      return { attack, refused, succeeds }
    })
}

/** `folder/file.test.ts`: words that stand in it, as they are written there. */
async function assertThere(cell: string): Promise<void> {
  const { file, words } = /^`(?<file>[a-z/-]+\.test\.ts)`: (?<words>.{10,})$/.exec(cell)?.groups ?? {}
  assert.ok(file !== undefined && words !== undefined, `${cell} names no test`)
  const text = await readFile(join(tests, file), 'utf8')
  assert.ok(text.includes(words), `there is no ${JSON.stringify(words)} in ${file}`)
}

describe('the table of attacks', () => {
  it('has all of them, and for each a test that refuses it and one in which it succeeds', async () => {
    const found = await rows()
    for (const attack of attacks)
      assert.ok(
        found.some(
          (row) =>
            row.attack === attack ||
            row.attack.startsWith(`${attack}: `) ||
            row.attack.startsWith(`${attack}, `),
        ),
        attack,
      )
    for (const { refused, succeeds } of found) {
      await assertThere(refused)
      await assertThere(succeeds)
    }
  })
})
