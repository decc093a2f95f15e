import assert from 'node:assert/strict'
import { test } from 'node:test'
import { otpauthCodes } from '../../../../src/adapters/identity/otpauth/otpauth-codes.ts'
import { codeOf } from '../../../kit/second-browser.ts'

/** RFC 6238, appendix B: the secret of its SHA-1 rows, and the last six digits of its codes. */
const secret = new Uint8Array(Buffer.from('12345678901234567890'))
const vectors: Readonly<Record<number, string>> = {
  59: '287082',
  1111111109: '081804',
  1111111111: '050471',
  1234567890: '005924',
  2000000000: '279037',
  20000000000: '353130',
}

test('codes are those of RFC 6238, and say of which step they are', async () => {
  for (const [seconds, code] of Object.entries(vectors)) {
    const at = Number(seconds) * 1000
    assert.equal(await otpauthCodes.stepOf(secret, code, at), Math.floor(at / 30_000), seconds)
    assert.equal(codeOf(await otpauthCodes.textOf(secret), at), code)
  }
})

test('a code is known in its step and the ones beside it, and no further', async () => {
  const at = 2_000_000_000_000
  const step = Math.floor(at / 30_000)
  const text = await otpauthCodes.textOf(secret)
  for (const away of [-1, 0, 1])
    assert.equal(await otpauthCodes.stepOf(secret, codeOf(text, at + away * 30_000), at), step + away)
  for (const away of [-3, -2, 2, 3])
    assert.equal(
      await otpauthCodes.stepOf(secret, codeOf(text, at + away * 30_000), at),
      undefined,
      `${away}`,
    )
})

test('what is no code is of no step', async () => {
  const at = 59_000
  for (const code of [
    '',
    '28708',
    '2870822',
    ' 287082',
    '287082\n',
    '２８７０８２',
    'abcdef',
    '-87082',
    '287.82',
    '0x287082',
  ])
    assert.equal(await otpauthCodes.stepOf(secret, code, at), undefined, JSON.stringify(code))
})

test('an app is told the secret, whose it is, and of which registry, whatever these have in them', async () => {
  const uri = new URL(
    await otpauthCodes.uriOf(secret, { issuer: 'registry.example:5000', user: 'ada&secret=x' }),
  )
  assert.equal(uri.protocol, 'otpauth:')
  assert.equal(uri.searchParams.getAll('secret').join(), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  assert.equal(uri.searchParams.get('issuer'), 'registry.example:5000')
  assert.equal(uri.searchParams.get('digits'), '6')
  assert.equal(uri.searchParams.get('period'), '30')
  assert.equal(decodeURIComponent(uri.pathname.split('/').at(-1) ?? ''), 'registry.example:5000:ada&secret=x')
})
