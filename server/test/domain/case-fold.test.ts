import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { caseFold } from '../../src/domain/case-fold.ts'
import { anyCharacter } from '../kit/any-character.ts'

describe('case folding', () => {
  it('changes nothing the second time, for every character there is and for their mixtures', () => {
    for (let point = 0; point < 0x110000; point++) {
      if (point === 0xd800) point = 0xe000
      const once = caseFold(String.fromCodePoint(point))
      if (caseFold(once) !== once) assert.fail(`U+${point.toString(16)}`)
    }
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        assert.equal(caseFold(caseFold(text)), caseFold(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('joins what differs in case or in form alone', () => {
    for (const [one, other] of [
      ['Acme', 'aCME'],
      ['STRASSE', 'straße'],
      ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
      ['é', 'e\u0301'],
      ['ﬁle', 'file'],
      ['Ａｃｍｅ', 'acme'],
    ] as const) {
      assert.equal(caseFold(one), caseFold(other))
    }
    assert.notEqual(caseFold('acme'), caseFold('acne'))
    assert.notEqual(caseFold('a'), caseFold('ä'))
  })
})
