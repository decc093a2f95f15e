import assert from 'node:assert/strict'
import { test } from 'node:test'
import { corpusIn, corpusNames } from './read-corpus.ts'

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
