import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readBearer } from '../../src/http/bearer.ts'

test('a token is what stands behind its scheme, in whatever case that is written', () => {
  const cases: readonly (readonly [header: string | undefined, token: string | undefined])[] = [
    ['Bearer a.b-c_d~e+f/g==', 'a.b-c_d~e+f/g=='],
    ['bearer   x', 'x'],
    ['BEARER x  ', 'x'],
    [undefined, undefined],
    ['', undefined],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearer a b', undefined],
    ['Bearerx', undefined],
    ['Basic YTpi', undefined],
    [' Bearer x', undefined],
  ]
  for (const [header, token] of cases) assert.equal(readBearer(header), token, String(header))
})
