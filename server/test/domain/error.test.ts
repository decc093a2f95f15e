import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeError, isRegistryError, RegistryError } from '../../src/domain/error.ts'

describe('registry error', () => {
  it('carries its code, its data and a sentence, and its cause', () => {
    const cause = new Error('cause')
    const error = new RegistryError('tag-invalid', { tag: 'a b', reason: 'it has a blank' }, { cause })
    assert.equal(error.name, 'RegistryError')
    assert.equal(error.code, 'tag-invalid')
    assert.deepEqual(error.data, { tag: 'a b', reason: 'it has a blank' })
    assert.equal(error.message, 'invalid tag "a b": it has a blank')
    assert.equal(error.cause, cause)
  })

  it('is told from others, by code where one is asked for', () => {
    const error: unknown = new RegistryError('unsupported', { what: 'this' })
    assert.equal(isRegistryError(error), true)
    assert.equal(isRegistryError(error, 'unsupported'), true)
    assert.equal(isRegistryError(error, 'denied'), false)
    assert.equal(isRegistryError(new Error('unsupported')), false)
    assert.equal(isRegistryError(undefined), false)
  })

  it('shows what came from outside quoted and cut, so that no log line is broken or flooded', () => {
    assert.match(describeError('name-unknown', { name: 'a\n"b' }), /"a\\n\\"b"/)
    assert.ok(describeError('name-unknown', { name: 'x'.repeat(100_000) }).length < 200)
    const digests = Array.from({ length: 400 }, (_, at) => `sha256:${at}`)
    const message = describeError('manifest-reference-unknown', { digests })
    assert.match(message, /sha256:0, sha256:1, sha256:2, sha256:3, sha256:4, …/)
    assert.ok(message.length < 200)
  })
})
