import assert from 'node:assert/strict'
import { test } from 'node:test'
import { copyRow } from './copy-format.ts'

test('a row is its columns, each after its length', () => {
  const columns = [
    { name: 'name', type: 'text' },
    { name: 'live', type: 'boolean' },
    { name: 'bytes', type: 'bytes' },
    { name: 'gone', type: 'integer?' },
    { name: 'size', type: 'integer' },
    { name: 'trend', type: 'real' },
  ] as const
  const row = { name: 'ä', live: true, bytes: Uint8Array.of(1, 2, 3), gone: null, size: -2, trend: 0.5 }
  assert.equal(
    copyRow(columns, row).toString('hex'),
    [
      '0006',
      '00000002c3a4',
      '0000000101',
      '00000003010203',
      'ffffffff',
      '00000008fffffffffffffffe',
      '000000083fe0000000000000',
    ].join(''),
  )
})

test('a value that its column cannot have is refused', () => {
  for (const [type, value] of [
    ['text', null],
    ['text', 1],
    ['boolean', 1],
    ['bytes', 'text'],
    ['integer', undefined],
    ['real?', 'text'],
  ] as const) {
    const row = { column: value } as unknown as Record<string, string>
    assert.throws(() => copyRow([{ name: 'column', type }], row), TypeError, `${type}: ${value}`)
  }
})
