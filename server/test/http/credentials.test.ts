import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRegistryError } from '../../src/domain/error.ts'
import { readCredentials } from '../../src/http/credentials.ts'

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

describe('credentials', () => {
  it('are name and password, which may have colons and any letters', () => {
    assert.deepEqual(readCredentials(basic('alice:s:é')), { user: 'alice', password: 's:é' })
    assert.deepEqual(readCredentials(basic('alice:').replace('Basic', 'bASIC')), {
      user: 'alice',
      password: '',
    })
  })

  it('are none where both are empty, as podman sends them', () => {
    assert.equal(readCredentials(basic(':')), undefined)
    assert.equal(readCredentials(undefined), undefined)
  })

  it('are refused where they are malformed', () => {
    for (const header of [
      '',
      'Basic',
      'Basic !',
      'Bearer abc',
      basic('alice'),
      basic('ali\0ce:x'),
      basic('alice:x\0'),
      'Basic /w==',
      'Basic  ',
      `${basic('a:b')} x`,
    ]) {
      assert.throws(
        () => readCredentials(header),
        (error) => isRegistryError(error, 'unauthenticated'),
        header,
      )
    }
  })
})
