import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { digestAlgorithm, digestHex, isDigest, parseDigest } from '../../src/domain/digest.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { refuses } from './refusal.ts'

describe('digest', () => {
  it('takes apart what it made of bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('sha256', 'sha512'), (bytes, algorithm) => {
        const digest = digestOf(bytes, algorithm)
        assert.equal(parseDigest(digest), digest)
        assert.equal(digestAlgorithm(digest), algorithm)
        assert.equal(digestHex(digest), createHash(algorithm).update(bytes).digest('hex'))
      }),
    )
  })

  it('knows the digest of nothing', () => {
    assert.equal(
      digestOf(new Uint8Array()),
      'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    )
  })

  it('refuses other forms, algorithms, lengths and capitals, and says which it was', () => {
    const hex = 'a'.repeat(64)
    refuses(() => parseDigest('sha256'), 'digest-invalid', /of the form algorithm:hex/)
    refuses(() => parseDigest(`md5:${hex}`), 'digest-invalid', /not one of sha256, sha512/)
    refuses(() => parseDigest('sha256:baddigeststring'), 'digest-invalid', /64 hex digits, not 15/)
    refuses(() => parseDigest(`sha512:${hex}`), 'digest-invalid', /128 hex digits, not 64/)
    refuses(() => parseDigest(`sha256:${hex.toUpperCase()}`), 'digest-invalid', /lower case/)
    assert.equal(isDigest(`sha256:${hex}\n`), false)
    assert.equal(isDigest(`toString:${hex}`), false)
  })
})
