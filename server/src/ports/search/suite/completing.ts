import assert from 'node:assert/strict'
import { wholeSight } from '../../../domain/search.ts'
import { searchBounds } from '../search.ts'
import { documentOf, type SearchCase, word } from './harness.ts'

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
    name: 'the beginning may be as long as what it is the beginning of, or longer than anything',
    check: async ({ engine, built, ask }) => {
      const text = (signs: number): string => 'の𝒳a'.repeat(signs)
      await built([
        documentOf('a', { beginnings: [text(60)], words: { name: text(60) } }),
        documentOf('b', { beginnings: ['other'], words: { name: 'other' } }),
      ])
      for (const [signs, wanted] of [
        [50, ['a']],
        [60, ['a']],
        [1_000, []],
      ] as const) {
        const asked = { text: text(signs), sight: wholeSight, limit: 3 }
        assert.deepEqual(await engine.complete(asked, patient()), wanted, `${signs}`)
        const more = ['p', 'q', 'r'].flatMap((one) => word(one + text(signs), true).alternatives)
        for (const clause of [
          word(text(signs), true),
          { alternatives: [...word(text(signs), true).alternatives, ...more] },
        ]) {
          const { hits, total } = await ask({ clauses: [clause] })
          assert.deepEqual([hits.map(({ id }) => id), total], [wanted, wanted.length], `${signs}`)
        }
      }
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
        {
          words: [
            { word: 'library', edits: 1 },
            { word: 'library', edits: 2 },
            { word: 'zzzzzzz', edits: 2 },
            { word: 'lab', edits: 1 },
          ],
          sight: wholeSight,
        },
        patient(),
      )
      const texts = (found: typeof one): readonly string[] => found.map(({ word: text }) => text).sort()
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
        {
          words: [
            { word: 'registжy', edits: 1 },
            { word: 'поиск', edits: 1 },
            { word: '𝒳𝒴𝒵𝒴𝒳', edits: 1 },
          ],
          sight: wholeSight,
        },
        patient(),
      )
      assert.deepEqual(
        found.map(({ word: text }) => text),
        letters
          .map((letter) => `regist${letter}y`)
          .sort()
          .slice(0, searchBounds.similar),
      )
      assert.deepEqual(cyrillic.map(({ word: text }) => text).sort(), ['поикс', 'поискк'])
      assert.deepEqual(
        astral.map(({ word: text }) => text),
        ['𝒳𝒴𝒵𝒳𝒴'],
      )
    },
  },
  {
    name: 'near words that only others see take no place and change no order, however many they are',
    check: async ({ engine, built }) => {
      const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789']
      const words = (tail: string): readonly string[] => letters.map((letter) => `kala${letter}${tail}`)
      const seen = [
        ...words('ari').map((text, at) => documentOf(`s${at}`, { words: { source: text } })),
        documentOf('two', { words: { source: 'kala9ari' } }),
        documentOf('far', { words: { source: 'kzlazari' } }),
      ]
      const some = letters.slice(0, 18)
      // Nearer, earlier, of more documents, and more of them than an answer or a look at the index may have.
      const hidden = [
        ...some.flatMap((one) => some.map((other) => `${one}kala${other}ari`)),
        ...letters.flatMap((letter) => [`${letter}alaжari`, `kalaжar${letter}`, `kala${letter}жari`]),
      ].map((text, at) => documentOf(`h${at}`, { words: { source: text }, visibility: 'private' }))
      const common = Array.from({ length: 150 }, (_, at) =>
        documentOf(`c${at}`, {
          words: { source: 'kalaaari kala0ari kalaжarz' },
          visibility: 'private',
          owner: 'bo',
        }),
      )
      const ask = async (): Promise<unknown> =>
        await engine.similar(
          {
            words: [
              { word: 'kalaжari', edits: 1 },
              { word: 'kalaжari', edits: 2 },
              { word: 'kalxжari', edits: 2 },
            ],
            sight: [{ visibilities: ['public'] }, { owners: ['nobody'] }],
          },
          patient(),
        )
      await built(seen)
      const alone = await ask()
      const wanted = [
        'kala9ari',
        ...words('ari')
          .toSorted()
          .filter((one) => one !== 'kala9ari'),
      ].slice(0, searchBounds.similar)
      const near = (edits: number): unknown => wanted.map((text) => ({ word: text, edits }))
      assert.deepEqual(alone, [near(1), near(1), near(2)])
      await built([...hidden, ...seen, ...common])
      assert.deepEqual(await ask(), alone)
      for (const sight of [
        [],
        [{ exceptNamespaces: ['acme'] }],
        [{ names: [['nobody*']], visibilities: ['private' as const] }],
      ]) {
        const [none] = await engine.similar({ words: [{ word: 'kalaжari', edits: 1 }], sight }, patient())
        assert.deepEqual(none, [])
      }
      const [others] = await engine.similar(
        { words: [{ word: 'kalaжari', edits: 1 }], sight: [{ owners: ['bo'] }, { names: [['nobody']] }] },
        patient(),
      )
      const edits = 1
      assert.deepEqual(others, [
        { word: 'kala0ari', edits },
        { word: 'kalaaari', edits },
        { word: 'kalaжarz', edits },
      ])
    },
  },
  {
    name: 'of near words that are seen many are looked at, and those of most documents in sight come first',
    check: async ({ engine, built }) => {
      const many = searchBounds.similarSeen
      const letters = [...'abcdefghijklmnopq']
      const words = letters
        .flatMap((one) => letters.map((other) => `reg${one}ist${other}ry`))
        .slice(0, many + 2)
      const [first = '', second = '', third = ''] = words.slice(many - 3)
      const counted = searchBounds.similarCounted
      const had = new Map([
        [first, counted - 1],
        // What more have than are counted is as good as one another.
        [second, counted + 10],
        [third, counted + 20],
        // It is beyond those that are looked at.
        [words[many], counted + 30],
      ])
      await built(
        words.flatMap((text, at) =>
          Array.from({ length: had.get(text) ?? 1 }, (_, n) =>
            documentOf(`d${at} ${n}`, { words: { description: text } }),
          ),
        ),
      )
      const [near = []] = await engine.similar(
        { words: [{ word: 'regжistжry', edits: 2 }], sight: wholeSight },
        patient(),
      )
      assert.deepEqual(
        near.map(({ word: text }) => text),
        [second, third, first, ...words].slice(0, searchBounds.similar),
      )
    },
  },
]
