import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatEntityTag, matchesStrongly, matchesWeakly, parseEntityTags } from '../../src/domain/etag.ts'
import { refuses } from './refusal.ts'

const values = fc.string({ unit: fc.constantFrom(...'az09!#,;\\W/*:ü'), maxLength: 8 })
const lists = fc.array(fc.record({ value: values, weak: fc.boolean() }, { noNullPrototype: true }), {
  minLength: 1,
  maxLength: 5,
})
const name = 'If-Match'

describe('entity tags', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom(',', ', ', ' ,\t', ',,'), (tags, comma) => {
        const header = tags.map((tag) => formatEntityTag(tag.value, tag.weak)).join(comma)
        assert.deepEqual(parseEntityTags(header, name), tags)
      }),
    )
  })

  it('may be any, or a digest that lost its quotes', () => {
    assert.equal(parseEntityTags(' * ', name), 'any')
    assert.deepEqual(parseEntityTags('sha256:ab, "c"', name), [
      { value: 'sha256:ab', weak: false },
      { value: 'c', weak: false },
    ])
  })

  it('are refused where they are none', () => {
    for (const header of ['', ' ', ',', ', ,']) {
      refuses(() => parseEntityTags(header, name), 'parameter-invalid', /If-Match: it names no entity tag/)
    }
    for (const header of ['"a', 'a"', '"a" "b"', '"a\u007f"', '"a b"', 'w/"a"', '"a", *', '*, "a"']) {
      refuses(() => parseEntityTags(header, name), 'parameter-invalid', /neither \* nor a list/)
    }
    refuses(() => parseEntityTags('"a",'.repeat(5_000), name), 'parameter-invalid', /longer than 16384/)
  })

  it('match strongly or weakly as RFC 9110 has it', () => {
    const tags = parseEntityTags('"a", W/"b"', name)
    for (const [current, strongly, weakly] of [
      ['a', true, true],
      ['b', false, true],
      ['c', false, false],
      [undefined, false, false],
    ] as const) {
      assert.equal(matchesStrongly(tags, current), strongly, String(current))
      assert.equal(matchesWeakly(tags, current), weakly, String(current))
    }
    for (const matches of [matchesStrongly, matchesWeakly]) {
      assert.equal(matches('any', 'a'), true)
      assert.equal(matches('any', undefined), false)
    }
  })
})
