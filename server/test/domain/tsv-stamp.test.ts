import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatTsvStamp, parseTsvStamp } from '../../src/domain/tsv-stamp.ts'
import { refuses } from './refusal.ts'

describe('tsv stamp', () => {
  it('is written as it was read', () => {
    const stamps = fc.record(
      {
        seconds: fc.nat({ max: 999_999_999_999_999 }),
        name: fc.string({ unit: fc.constantFrom(...'aZ0_-'), minLength: 1, maxLength: 20 }),
        sequence: fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 6 }),
      },
      { noNullPrototype: true },
    )
    fc.assert(
      fc.property(stamps, (stamp) => {
        assert.deepEqual(parseTsvStamp(formatTsvStamp(stamp)), stamp)
      }),
    )
  })

  it('is refused where a part is missing or written in another way', () => {
    for (const text of [
      '',
      'tsv:',
      'tsv:1-a',
      'tsv:a-b-1',
      'tsv:1-a-b',
      'tsv:1--',
      'tsv:1-2',
      'tsv:01-a-1',
      'TSV:1-a-1',
      'tsv:1-ä-1',
      'tsv:1-a-1\n',
      `tsv:${'9'.repeat(16)}-a-1`,
    ]) {
      refuses(() => parseTsvStamp(text), 'reference-invalid', /a stamp is tsv:/)
    }
  })
})
