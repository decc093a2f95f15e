import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTraceparent, parseTraceparent } from '../../src/domain/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'

test('a traceparent is read, and written again as it was', () => {
  for (const [flags, sampled] of [
    ['01', true],
    ['00', false],
  ] as const) {
    const text = `00-${traceId}-${parentId}-${flags}`
    assert.deepEqual(parseTraceparent(text), { traceId, parentId, sampled })
    assert.equal(formatTraceparent({ traceId, parentId, sampled }), text)
  }
})

test('flags that are not known yet are passed over', () => {
  assert.equal(parseTraceparent(`00-${traceId}-${parentId}-ff`)?.sampled, true)
  assert.equal(parseTraceparent(`00-${traceId}-${parentId}-fe`)?.sampled, false)
})

test('a later version may have more parts, the first may not', () => {
  assert.deepEqual(parseTraceparent(`01-${traceId}-${parentId}-01-more`), {
    traceId,
    parentId,
    sampled: true,
  })
  assert.deepEqual(parseTraceparent(`cc-${traceId}-${parentId}-01`), { traceId, parentId, sampled: true })
})

test('what the specification does not allow is as good as absent', () => {
  for (const text of [
    '',
    traceId,
    `ff-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-01-more`,
    `00-${traceId}-${parentId}-01-`,
    `01-${traceId}-${parentId}-01more`,
    `00-${traceId}-${parentId}-1`,
    `00-${traceId}-${parentId}`,
    `0-${traceId}-${parentId}-01`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${traceId.slice(1)}-${parentId}-01`,
    `00-${traceId}0-${parentId}-01`,
    `00-${traceId}-${parentId.slice(1)}g-01`,
    ` 00-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-01\n`,
    `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`,
  ]) {
    assert.equal(parseTraceparent(text), undefined, JSON.stringify(text))
  }
})
