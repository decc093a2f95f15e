import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { CorpusUnreadable, corpusIn, corpusNames, readCorpus } from './read-corpus.ts'

const index = `Package: chess
Version: 1
Maintainer: "Games, Team" <games@example.org>
Description: Board game
 against the machine
Homepage: https://chess.example.org/
Description-md5: 0
Tag: game::board, game::board:chess, implemented-in::c,
 devel::lang:python, role::program, special::TODO
Section: games

Package: unwanted
Description: something else

Package: chess
Description: A second stanza
Section: other

Package: bare
Section: misc
`

/** Pieces as a pipe may cut them. */
async function* inPieces(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length)
}

test('documents are read from stanzas, wherever the pieces end, and the first of a name counts', async () => {
  for (const length of [1, 7, 10_000]) {
    assert.deepEqual(await corpusIn(inPieces(index, length), ['bare', 'gone', 'chess']), {
      documents: [
        { name: 'bare', description: '', topics: [], category: 'misc', homepage: '', author: '' },
        {
          name: 'chess',
          description: 'Board game against the machine',
          topics: ['game', 'board', 'chess', 'python', 'program'],
          category: 'games',
          homepage: 'https://chess.example.org/',
          author: 'Games, Team',
        },
      ],
      missing: ['gone'],
    })
  }
})

test('the list has some thousands of names, each once and in order', () => {
  const names = corpusNames()
  assert.ok(names.length > 4000)
  assert.deepEqual(names, [...new Set(names)].sort())
  for (const name of names) assert.match(name, /^[a-z0-9][a-z0-9+.-]+$/)
})

/** A program that answers as apt-cache would, with what is given. */
function aptCache(context: TestContext, text: string, ending = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'lading-apt-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const program = join(folder, 'apt-cache')
  writeFileSync(program, `#!/bin/sh\n[ "$1" = dumpavail ] || exit 9\ncat <<'END'\n${text}END\n${ending}\n`)
  chmodSync(program, 0o755)
  return program
}

const stanza = (name: string): string => `Package: ${name}\nTag: game::${name}\n\n`
const ten = Array.from({ length: 10 }, (_, at) => `p${at}`)

test('nine of ten names are enough, and what is missing is told', async (context) => {
  const corpus = await readCorpus(ten, aptCache(context, ten.slice(1).map(stanza).join('')))
  assert.deepEqual(corpus.missing, ['p0'])
  assert.equal(corpus.documents.length, 9)
})

test('an index that is not the right one is refused, as is none', async (context) => {
  const refused = (told: RegExp) => (error: unknown) => {
    assert.ok(error instanceof CorpusUnreadable)
    assert.match(error.message, told)
    return true
  }
  const few = aptCache(context, ten.slice(2).map(stanza).join(''))
  await assert.rejects(readCorpus(ten, few), refused(/has 8 of 10 packages/))
  const untagged = aptCache(context, ten.map((name) => `Package: ${name}\n\n`).join(''))
  await assert.rejects(readCorpus(ten, untagged), refused(/0 of 10 packages in the index have debtags/))
  const failing = aptCache(context, ten.map(stanza).join(''), 'echo no lists >&2; exit 3')
  await assert.rejects(readCorpus(ten, failing), refused(/ended with 3: no lists$/))
  await assert.rejects(readCorpus(ten, '/nowhere/apt-cache'), refused(/does not run/))
})
