import assert from 'node:assert/strict'
import { wholeSight } from '../../../domain/search.ts'
import { searchBounds } from '../search.ts'
import { documentOf, type SearchCase } from './harness.ts'

const patient = (): AbortSignal => AbortSignal.timeout(20_000)

export const completing: readonly SearchCase[] = [
  {
    name: 'names are completed from the start of any of their words, the weightiest first, then by id',
    check: async ({ engine, built }) => {
      await built([
        documentOf('a', { beginnings: ['left pad', 'pad'], weight: 1 }),
        documentOf('b', { beginnings: ['left', 'acme/left'], weight: 5 }),
        documentOf('c', { beginnings: ['lexer'], weight: 5 }),
        documentOf('d', { beginnings: ['padded leftover', 'leftover'], weight: 0 }),
        documentOf('e', { beginnings: ['索引の検索'], weight: 0.5 }),
        documentOf('f', { beginnings: ["100% o'clock_"], weight: 0.5 }),
      ])
      const complete = async (text: string, limit = 10): Promise<readonly string[]> =>
        await engine.complete({ text, sight: wholeSight, limit }, patient())
      assert.deepEqual(await complete('le'), ['b', 'c', 'a', 'd'])
      assert.deepEqual(await complete('le', 2), ['b', 'c'])
      assert.deepEqual(await complete('left'), ['b', 'a', 'd'])
      assert.deepEqual(await complete('left '), ['a'])
      assert.deepEqual(await complete('pad'), ['a', 'd'])
      assert.deepEqual(await complete('acme/'), ['b'])
      assert.deepEqual(await complete('索'), ['e'])
      assert.deepEqual(await complete("100% o'"), ['f'])
      for (const none of ['%', '_', '*', 'l%', 'l_ft', 'ft', 'leftx'])
        assert.deepEqual(await complete(none), [], none)
    },
  },
  {
    name: 'many names that begin alike are completed by those of the most weight, also where few are in sight',
    check: async ({ engine, built }) => {
      const many = 3_000
      await built(
        Array.from({ length: many }, (_, at) =>
          documentOf(`d${at}`, { beginnings: [`s${at}`], weight: at, owner: at < 3 ? 'bo' : 'ada' }),
        ),
      )
      const all = await engine.complete({ text: 's', sight: wholeSight, limit: 3 }, patient())
      assert.deepEqual(all, [`d${many - 1}`, `d${many - 2}`, `d${many - 3}`])
      const few = await engine.complete({ text: 's', sight: [{ owners: ['bo'] }], limit: 10 }, patient())
      assert.deepEqual(few, ['d2', 'd1', 'd0'])
    },
  },
  {
    name: 'words that are nearly a given one are found, the nearest first, whichever way a letter differs',
    check: async ({ engine, built }) => {
      const near = ['libary', 'libraryy', 'librery', 'libray', 'ilbrary', 'xibrary', 'librar', 'lbirary']
      const further = ['librryx', 'liary', 'lirbayr', 'biblary']
      const far = ['librarians', 'lab', 'registry']
      await built([
        ...[...near, ...further, ...far, 'library'].map((text, at) =>
          documentOf(`d${at}`, { words: { description: text } }),
        ),
        documentOf('again', { words: { topics: 'librery' } }),
      ])
      const [one = [], two = [], none = [], short = []] = await engine.similar(
        [
          { word: 'library', edits: 1 },
          { word: 'library', edits: 2 },
          { word: 'zzzzzzz', edits: 2 },
          { word: 'lab', edits: 1 },
        ],
        patient(),
      )
      const texts = (found: typeof one): readonly string[] => found.map(({ word }) => word).sort()
      assert.deepEqual(texts(one), near.toSorted())
      assert.equal(one[0]?.word, 'librery')
      assert.ok(one.every(({ edits }) => edits === 1))
      assert.deepEqual(texts(two), [...near, ...further].sort())
      assert.deepEqual(
        two.map(({ edits }) => edits),
        two.map(({ edits }) => edits).toSorted(),
      )
      assert.deepEqual([none, short], [[], []])
    },
  },
  {
    name: 'words of other scripts are near to each other by their letters, and no more are told than the bound',
    check: async ({ engine, built }) => {
      const letters = [...'abcdefghijklmnopqrstuvwxyz', ...'0123456789', ...'äöüßéèñ']
      await built([
        documentOf('a', { words: { name: 'поискк 𝒳𝒴𝒵𝒳𝒴 поикс' } }),
        ...letters.map((letter, at) => documentOf(`d${at}`, { words: { name: `regist${letter}y` } })),
      ])
      const [found = [], cyrillic = [], astral = []] = await engine.similar(
        [
          { word: 'regist-y'.replace('-', 'ж'), edits: 1 },
          { word: 'поиск', edits: 1 },
          { word: '𝒳𝒴𝒵𝒴𝒳', edits: 1 },
        ],
        patient(),
      )
      assert.equal(found.length, searchBounds.similar)
      assert.deepEqual(cyrillic.map(({ word }) => word).sort(), ['поикс', 'поискк'])
      assert.deepEqual(
        astral.map(({ word }) => word),
        ['𝒳𝒴𝒵𝒳𝒴'],
      )
    },
  },
]
