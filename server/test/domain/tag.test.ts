import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isTag, maxTagLength, parseTag, parseTagOrDigest } from '../../src/domain/tag.ts'
import { tags } from './names.ts'
import { refuses } from './refusal.ts'

describe('tag', () => {
  it('takes exactly what the specification does', () => {
    const near = fc.string({ unit: fc.constantFrom(...'aZ0._-+ /:\n'), maxLength: 6 })
    fc.assert(
      fc.property(fc.oneof(tags, near), (text) => {
        assert.equal(isTag(text), /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/.test(text))
        if (isTag(text)) assert.equal(parseTag(text), text)
      }),
    )
  })

  it('has at most 128 characters', () => {
    assert.equal(isTag('a'.repeat(maxTagLength)), true)
    refuses(() => parseTag('a'.repeat(maxTagLength + 1)), 'tag-invalid', /longer than 128/)
    refuses(() => parseTag(''), 'tag-invalid', /empty/)
    refuses(() => parseTag('.hidden'), 'tag-invalid', /begins with neither/)
  })

  it('is told from a digest by the colon', () => {
    const digest = `sha256:${'0'.repeat(64)}`
    assert.deepEqual(parseTagOrDigest('latest'), { kind: 'tag', tag: 'latest' })
    assert.deepEqual(parseTagOrDigest(digest), { kind: 'digest', digest })
    refuses(() => parseTagOrDigest('sha256:baddigeststring'), 'digest-invalid', /64 hex digits/)
    refuses(() => parseTagOrDigest('a b'), 'tag-invalid', /it is of/)
  })
})
