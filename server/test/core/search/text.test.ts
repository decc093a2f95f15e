import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldWords } from '../../../src/core/search/text/field-words.ts'
import { foldName, foldText } from '../../../src/core/search/text/fold.ts'
import { splitText, wordOf } from '../../../src/core/search/text/split-text.ts'
import { editDistance } from '../../../src/domain/edit-distance.ts'

const wordsIn = (text: string): string[] =>
  [...splitText(text)].flatMap(({ words }) => words.map(({ word }) => word))
const wholesIn = (text: string): string[] => [...splitText(text)].flatMap(({ whole }) => whole?.word ?? [])

test('texts are folded to what somebody types in a hurry, and folding again changes nothing', () => {
  const folded: Readonly<Record<string, string>> = {
    'Crème BRÛLÉE': 'creme brulee',
    Straße: 'strasse',
    'İstanbul ılık': 'istanbul ilik',
    'Ærøskøbing Łódź þing': 'aeroskobing lodz thing',
    'ﬁne ＡＢＣ ①': 'fine abc 1',
    'Ёлка й ΆΣΣΟΣ': 'елка и ασσοσ',
    がぎ: 'がぎ',
    한국어: '한국어',
  }
  for (const [text, want] of Object.entries(folded)) {
    assert.equal(foldText(text), want, text)
    assert.equal(foldText(want), want)
  }
  assert.equal(foldName('  Left \t Pad '), 'left pad')
})

test('words are told apart by signs, capitals and scripts, and what stands in one piece is one word besides', () => {
  assert.deepEqual(wordsIn('parseHttpHeader XMLParser utf8'), [
    'pars',
    'http',
    'header',
    'xml',
    'parser',
    'utf8',
  ])
  assert.deepEqual(wholesIn('parseHttpHeader XMLParser utf8'), ['parsehttphead', 'xmlparser'])
  assert.deepEqual(wordsIn("@scope/left-pad a.b.c don't"), [
    'scope',
    'left',
    'pad',
    'a',
    'b',
    'c',
    'don',
    't',
  ])
  assert.deepEqual(wholesIn("@scope/left-pad a.b.c don't"), ['leftpad', 'abc', 'dont'])
  assert.deepEqual(wordsIn('Python入門 검색엔진'), ['python', '入門', '검색', '색엔', '엔진'])
  assert.deepEqual(wordsIn('検'), ['検'])
  assert.deepEqual(wordsIn('ค้นหา'), ['ค้น', 'นห', 'หา'])
  assert.deepEqual(wordsIn('"(*)" -- … 🙂'), [])
})

test('words know where they stand, also behind signs of two units', () => {
  const text = '🙂 Crème-Brûlée 検索'
  for (const { words, whole } of splitText(text))
    for (const { start, end } of [...words, ...(whole ? [whole] : [])])
      assert.match(text.slice(start, end), /^[\p{L}\p{N}\p{M}-]+$/u)
  const shown = [...splitText(text)].flatMap(({ words }) =>
    words.map(({ start, end }) => text.slice(start, end)),
  )
  assert.deepEqual(shown, ['Crème', 'Brûlée', '検索'])
})

test('words of English are found by their stems, short ones and those with digits are as they are', () => {
  assert.equal(wordOf('Parsing'), wordOf('parsers').slice(0, -2))
  assert.equal(wordOf('libraries'), wordOf('library'))
  assert.deepEqual(['is', 'v2s', 'as'].map(wordOf), ['is', 'v2s', 'as'])
})

test('a field has gaps between its texts, the pieces as words at its end, and no more words than allowed', () => {
  assert.equal(fieldWords(['left-pad', 'of text'], 20), 'left pad 0gap0 of text 0gap0 leftpad')
  assert.equal(fieldWords([], 20), '')
  const many = Array.from({ length: 100 }, (_, at) => `word${at}`).join(' ')
  assert.equal(fieldWords([many, many], 30).split(' ').length, 30)
  assert.ok(fieldWords(['x'.repeat(10_000)], 5).length <= 64)
})

test('letters that are left out, added, other or swapped count one each', () => {
  const distances: readonly (readonly [string, string, number])[] = [
    ['library', 'library', 0],
    ['library', 'libary', 1],
    ['library', 'libraryy', 1],
    ['library', 'librery', 1],
    ['library', 'ilbrary', 1],
    ['library', 'librayrs', 2],
    ['ca', 'abc', 3],
    ['𝒳𝒴', '𝒴𝒳', 1],
    ['', 'ab', 2],
  ]
  for (const [one, other, distance] of distances) {
    assert.equal(editDistance(one, other, 9), distance, `${one} ${other}`)
    assert.equal(editDistance(other, one, 9), distance)
    assert.equal(editDistance(one, other, 1), Math.min(distance, 2))
  }
})
