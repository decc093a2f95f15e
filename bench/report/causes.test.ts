import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oci } from '../oci/suite.ts'
import { figureName } from '../session/row.ts'
import { causesIn, readCauses } from './causes.ts'

test('a cause stands below the name of what it explains', () => {
  const text =
    '# Causes\n\nHow to write them.\n\n## blob GET\n\nIt copies.\n\n### tried\n\nNot copying.\n\n## push\nFlushes.\n'
  assert.deepEqual(
    causesIn(text, ['blob GET', 'push', 'start']),
    new Map([
      ['blob GET', 'It copies.\n\n### tried\n\nNot copying.'],
      ['push', 'Flushes.'],
    ]),
  )
})

test('a cause of nothing, and a heading without a cause, are refused', () => {
  assert.throws(() => causesIn('## blob GTE\n\nIt copies.\n', ['blob GET']), /not measured: blob GTE/)
  assert.throws(() => causesIn('## blob GET\n\n## push\n\nx\n', ['blob GET', 'push']), /blob GET/)
})

test('a heading with stars speaks of all that fit, and a longer one of those that it fits', () => {
  const names = ['zb, Pull 1MB: rate', 'zb, Pull 1MB: p99', 'zb, Push: rate', 'blob GET']
  const text = '## zb, *: rate\n\nDeletes.\n\n## zb, Pull *: *\n\nReads.\n\n## zb, Push: rate\n\nPushes.\n'
  assert.deepEqual(
    causesIn(text, names),
    new Map([
      ['zb, Pull 1MB: rate', 'Reads.'],
      ['zb, Push: rate', 'Pushes.'],
      ['zb, Pull 1MB: p99', 'Reads.'],
    ]),
  )
  assert.throws(() => causesIn('## zb, *: p50\n\nx\n', names), /not measured/)
  assert.throws(() => causesIn('## blob*blob GET\n\nx\n', names), /not measured/)
  assert.throws(() => causesIn('## *Pull*Pull*\n\nx\n', names), /not measured/)
})

test("the suite's own causes are of what it measures", async () => {
  const names = oci.rows.flatMap((row) => row.figures.map((figure) => figureName(row, figure)))
  assert.equal(new Set(names).size, names.length, 'every figure has a name of its own')
  await readCauses(oci.causes ?? '', names)
})
