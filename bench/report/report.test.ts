import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RowResults } from '../session/results.ts'
import type { Row } from '../session/row.ts'
import { pageOf } from './page.ts'
import { reportRow } from './row-report.ts'
import { terminalText } from './terminal.ts'

const row: Row = {
  name: 'blob GET',
  unit: 'requests/s',
  better: 'more',
  targets: ['lading', 'bare', 'zot', 'zot commit', 'nginx'],
  goal: { times: 0.85, against: ['bare'] },
  about: 'Small ones.',
  async check() {},
  async measure() {
    return 0
  },
}
const results: RowResults = {
  absent: { zot: 'missing: build it', 'zot commit': 'missing: build it', nginx: 'failed: it fell over' },
  rounds: [1, 2, 3, 4, 5, 6, 7].map((at) => ({
    at: '2001-09-09T01:46:40.000Z',
    load: at / 10,
    values: { lading: 9000 + at * 1000, bare: 10_000 + at * 1000, ...(at === 1 && { nginx: 20_000 }) },
  })),
}

test('a row on the terminal: every target in a line, and why one has none', () => {
  assert.equal(
    terminalText(reportRow(row, results)),
    `blob GET (7 rounds, load 0.1 to 0.7)
  target      median, requests/s         quartiles             range  lading / target      quartiles           range
  lading                  13,000  11,500 to 14,500  10,000 to 16,000
  bare                    14,000  12,500 to 15,500  11,000 to 17,000           0.929×  0.92 to 0.935  0.909 to 0.941
  zot                    missing
  zot commit             missing
  nginx                   20,000  20,000 to 20,000  20,000 to 20,000             0.5×     0.5 to 0.5      0.5 to 0.5
  zot, zot commit: missing: build it
  nginx: failed: it fell over
  goal ≥ 0.85× bare: met (bare: worse quartile 0.92)
`,
  )
})

test('a row on the page: its goal in the summary, its figures in a table', () => {
  const page = pageOf({
    circumstances: {
      suite: 'oci',
      seconds: 3,
      versions: { lading: 'source 1234567' },
      machine: { node: 'v26.0.0' },
    },
    targets: [{ name: 'zot', about: 'as it comes', find: async () => ({ missing: 'build it' }) }],
    reports: [reportRow(row, results)],
  })
  for (const line of [
    '| blob GET | ≥ 0.85× bare | met |',
    '- node: v26.0.0',
    '- **zot** (missing): as it comes',
    'More is better; 7 rounds, load 0.1 to 0.7. Small ones.',
    '| bare | 14,000 | 12,500 to 15,500 | 11,000 to 17,000 | 0.929× | 0.92 to 0.935 | 0.909 to 0.941 |',
    '| zot | missing |  |  |  |  |  |',
    '- zot, zot commit: missing: build it',
  ]) {
    assert.ok(page.split('\n').includes(line), `${line}\n\nis not in\n\n${page}`)
  }
})

test('a row that was not measured at all says so of every target', () => {
  const { lines, rounds, goal } = reportRow(
    { ...row, targets: ['lading', 'bare'] },
    { absent: {}, rounds: [] },
  )
  assert.equal(rounds, 0)
  assert.deepEqual(lines, [
    { target: 'lading', absent: 'not measured' },
    { target: 'bare', absent: 'not measured' },
  ])
  assert.equal(goal?.state, 'open')
})
