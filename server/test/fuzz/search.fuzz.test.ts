import assert from 'node:assert/strict'
import { planSearch } from '../../src/core/search/plan-search.ts'
import { fieldWords } from '../../src/core/search/text/field-words.ts'
import { foldText } from '../../src/core/search/text/fold.ts'
import { splitText } from '../../src/core/search/text/split-text.ts'
import { kindsByName } from '../../src/kinds/kinds.ts'
import { searchBounds } from '../../src/ports/search/search.ts'
import { fuzz } from './fuzz.ts'

const kinds = [...kindsByName().keys()]
const word = /^[\p{L}\p{N}\p{M}]+$/u

fuzz({
  name: 'search text',
  seeds: ['left-pad', 'parseHttpHeader', 'Crème brûlée', '全文検索エンジン', "don't a.b.c", 'ค้นหา'],
  tokens: [
    '-',
    '.',
    '_',
    '’',
    'é',
    'E\u0301',
    '検',
    'が',
    '검',
    'ﬁ',
    '🙂',
    'İ',
    'ß',
    '①',
    '\u200d',
    'A',
    'a',
    '0',
  ],
  read(given) {
    // What is indexed, and shown in snippets, is bounded before it comes here.
    const text = given.slice(0, 1_000)
    for (const { words, whole } of splitText(text))
      for (const one of [...words, ...(whole ? [whole] : [])])
        if (!word.test(one.word) || one.start < 0 || one.start >= one.end || one.end > text.length)
          assert.fail(JSON.stringify(one))
    const wrong = fieldWords([text, text], 50)
      .split(' ')
      .find((found) => found !== '' && !word.test(found))
    assert.equal(wrong, undefined)
    const folded = foldText(text)
    assert.ok(foldText(folded) === folded)
    return true
  },
})

fuzz({
  name: 'search query',
  seeds: [
    'left-pad',
    '"left pad" -right',
    'kind:model license:"MIT" stars:>=10',
    'created:2026-01-01..2026-02-01',
    'pars* platform:>=2.1',
  ],
  tokens: [
    '"',
    '-',
    ':',
    '*',
    'kind:',
    'downloads:',
    'created:',
    'platform:',
    '>=',
    '..',
    '||',
    'name:',
    'deprecated:',
    '2026-01-01',
    '1.x',
    '\0',
    ' ',
    '(',
    '~',
    '^',
  ],
  read(text) {
    const { clauses, without, filter } = planSearch({ text, limit: 10 }, kinds)
    assert.ok(clauses.length + without.length <= searchBounds.clauses)
    for (const { alternatives } of [...clauses, ...without]) {
      assert.ok(alternatives.length > 0 && alternatives.length <= searchBounds.alternatives)
      for (const { words } of alternatives) {
        assert.ok(words.length > 0)
        for (const found of words) assert.match(found, word)
      }
    }
    for (const { from = 0, to = 0 } of filter.ranges)
      assert.ok(Number.isSafeInteger(from) && Number.isSafeInteger(to))
    return true
  },
})
