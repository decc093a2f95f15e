import assert from 'node:assert/strict'
import { gapWord } from '../search.ts'
import { documentOf, phrase, type SearchCase, word } from './harness.ts'

const pets = [
  documentOf('a', { words: { name: 'cat food', description: 'what cats eat every day' } }),
  documentOf('b', { words: { name: 'dog', description: 'food for a dog' } }),
  documentOf('c', { words: { title: 'bird', topics: 'pet food', source: 'seed' } }),
  documentOf('d', { words: { name: 'fish' } }),
]

export const matching: readonly SearchCase[] = [
  {
    name: 'a word is found in whichever field it stands, and nothing is found by what nobody has written',
    check: async ({ built, ask }) => {
      await built(pets)
      const ids = async (text: string): Promise<string[]> =>
        (await ask({ clauses: [word(text)] })).hits.map(({ id }) => id).sort()
      assert.deepEqual(await ids('food'), ['a', 'b', 'c'])
      assert.deepEqual(await ids('bird'), ['c'])
      assert.deepEqual(await ids('seed'), ['c'])
      assert.deepEqual(await ids('foo'), [])
      assert.deepEqual(await ids('foods'), [])
      assert.equal((await ask({ clauses: [word('food')] })).total, 3)
      assert.equal((await ask({ clauses: [word('nothing')] })).total, 0)
    },
  },
  {
    name: 'without clauses everything is found, and a document without words too',
    check: async ({ built, ask }) => {
      await built([...pets, documentOf('e')])
      const { total, hits, documents } = await ask()
      assert.equal(total, 5)
      assert.equal(documents, 5)
      assert.deepEqual(hits.map(({ id }) => id).sort(), ['a', 'b', 'c', 'd', 'e'])
    },
  },
  {
    name: 'every clause has to match, or as many as are asked for; any alternative is enough for a clause',
    check: async ({ built, found }) => {
      await built(pets)
      const clauses = [word('food'), word('dog'), word('cat')]
      assert.deepEqual(await found({ clauses }), [])
      assert.deepEqual([...(await found({ clauses, atLeast: 2 }))].sort(), ['a', 'b'])
      assert.deepEqual([...(await found({ clauses, atLeast: 1 }))].sort(), ['a', 'b', 'c'])
      const either = {
        alternatives: [
          { words: ['dog'], prefix: false, weight: 1 },
          { words: ['cat', 'food'], prefix: false, weight: 0.5 },
          { words: ['nothing'], prefix: true, weight: 1 },
        ],
      }
      assert.deepEqual([...(await found({ clauses: [either, word('food')] }))].sort(), ['a', 'b'])
    },
  },
  {
    name: 'what is to be without a word, or without words that follow each other, is',
    check: async ({ built, found }) => {
      await built(pets)
      assert.deepEqual([...(await found({ clauses: [word('food')], without: [word('dog')] }))].sort(), [
        'a',
        'c',
      ])
      assert.deepEqual([...(await found({ without: [word('food')] }))], ['d'])
      assert.deepEqual([...(await found({ without: [phrase('pet food'), word('fish')] }))].sort(), ['a', 'b'])
      assert.deepEqual(await found({ clauses: [word('food')], without: [word('food')] }), [])
    },
  },
  {
    name: 'a clause that names fields is looked for in these alone',
    check: async ({ built, found }) => {
      await built(pets)
      assert.deepEqual(await found({ clauses: [{ ...word('food'), fields: ['name'] }] }), ['a'])
      assert.deepEqual(
        [...(await found({ clauses: [{ ...word('food'), fields: ['description', 'topics'] }] }))].sort(),
        ['b', 'c'],
      )
      assert.deepEqual(await found({ clauses: [{ ...phrase('pet food'), fields: ['title'] }] }), [])
      assert.deepEqual(
        await found({ clauses: [word('food')], without: [{ ...word('food'), fields: ['name'] }] }),
        ['b', 'c'],
      )
    },
  },
  {
    name: 'words that follow each other are found where they do, in one field and not across a gap',
    check: async ({ built, found }) => {
      await built([
        documentOf('a', { words: { description: 'left pad of text' } }),
        documentOf('b', { words: { description: 'pad left of text' } }),
        documentOf('c', { words: { name: 'left', title: 'pad' } }),
        documentOf('d', { words: { description: `left ${gapWord} pad` } }),
        documentOf('e', { words: { topics: `one left ${gapWord} left pad` } }),
      ])
      assert.deepEqual([...(await found({ clauses: [phrase('left pad')] }))].sort(), ['a', 'e'])
      assert.deepEqual(await found({ clauses: [phrase('pad of text')] }), ['a'])
      assert.deepEqual([...(await found({ clauses: [word('left'), word('pad')] }))].sort(), [
        'a',
        'b',
        'c',
        'd',
        'e',
      ])
    },
  },
  {
    name: 'the beginning of a word finds every word that begins so, at the end of several too',
    check: async ({ built, found }) => {
      await built([
        documentOf('a', { words: { name: 'parse' } }),
        documentOf('b', { words: { description: 'a parser of text' } }),
        documentOf('c', { words: { topics: 'spar' } }),
        documentOf('d', { words: { description: 'text parsing' } }),
      ])
      assert.deepEqual([...(await found({ clauses: [word('pars', true)] }))].sort(), ['a', 'b', 'd'])
      assert.deepEqual(await found({ clauses: [word('parser', true)] }), ['b'])
      assert.deepEqual(await found({ clauses: [phrase('text pa', true)] }), ['d'])
      assert.deepEqual([...(await found({ without: [word('p', true)] }))], ['c'])
    },
  },
  {
    name: 'words of any script are told apart as they are, with numbers and beyond the first plane',
    check: async ({ built, found }) => {
      const words = [
        'поиск',
        '検索',
        '索引',
        'ค้นหา',
        '검색',
        'utf8',
        '8',
        '𝒳𝒴',
        'é',
        'e',
        'and',
        'or',
        'not',
        'near',
      ]
      await built(words.map((text, at) => documentOf(`d${at}`, { words: { description: `x ${text} y` } })))
      for (const [at, text] of words.entries())
        assert.deepEqual(await found({ clauses: [word(text)] }), [`d${at}`], text)
      assert.deepEqual(await found({ clauses: [word('検', true)] }), ['d1'])
      assert.deepEqual(await found({ clauses: [phrase('x and y')] }), ['d10'])
    },
  },
]
