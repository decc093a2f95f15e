import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RowResults } from '../session/results.ts'
import type { Row } from '../session/row.ts'
import type { Target } from '../targets/target.ts'
import { sectionOf } from './page.ts'
import { type RowReport, reportRow } from './row-report.ts'
import { terminalText } from './terminal.ts'

const row: Row = {
  name: 'blob GET',
  targets: ['lading', 'bare', 'zot', 'zot commit', 'nginx'],
  about: 'Small ones.',
  figures: [
    {
      id: 'rate',
      name: 'rate',
      unit: 'requests/s',
      better: 'more',
      goal: { times: 0.85, against: ['bare'] },
    },
  ],
  async check() {},
  async measure() {
    return {}
  },
  takes: () => 0,
  checkTakes: 0,
}
const only = (results: RowResults, of: Row = row): RowReport => {
  const [report, ...more] = reportRow(of, results)
  assert.ok(report)
  assert.deepEqual(more, [])
  return report
}
const results: RowResults = {
  absent: { zot: 'missing: build it', 'zot commit': 'missing: build it', nginx: 'failed: it fell over' },
  rounds: [1, 2, 3, 4, 5, 6, 7].map((at) => ({
    at: '2001-09-09T01:46:40.000Z',
    load: at / 10,
    loadAfter: at / 5,
    ...(at > 4 && { foreign: at / 50 }),
    values: {
      lading: { rate: 9000 + at * 1000 },
      bare: { rate: 10_000 + at * 1000 },
      ...(at === 1 && { nginx: { rate: 20_000 } }),
    },
  })),
}

test('a row on the terminal: every target in a line, and why one has none', () => {
  assert.equal(
    terminalText(only(results)),
    `blob GET (7 rounds, load 0.1 to 0.7 before, 0.2 to 1.4 after)
  target      median, requests/s         quartiles             range  lading / target      quartiles           range
  lading                  13,000  11,500 to 14,500  10,000 to 16,000
  bare                    14,000  12,500 to 15,500  11,000 to 17,000           0.929×  0.92 to 0.935  0.909 to 0.941
  zot                    missing
  zot commit             missing
  nginx                   20,000  20,000 to 20,000  20,000 to 20,000             0.5×     0.5 to 0.5      0.5 to 0.5
  zot, zot commit: missing: build it
  nginx: failed: it fell over
  under foreign load, with the part of the machine that others took: rounds 6 (12 %), 7 (14 %)
  goal ≥ 0.85× bare: met (bare: worse quartile 0.92)
`,
  )
})

const zot: Target = { name: 'zot', about: 'as it comes', find: async () => ({ missing: 'build it' }) }

test('a row on the page: its goal in the summary, its figures in a table', () => {
  const page = sectionOf({
    circumstances: {
      suite: 'oci',
      seconds: 3,
      versions: { wrk: '4.1.0' },
      machine: { node: 'v26.0.0' },
    },
    suite: { title: 'Beside others', how: ['Carefully.'], targets: [zot] },
    reports: [only(results)],
    causes: new Map([['blob GET', 'No cause of a goal that is met.']]),
  })
  for (const line of [
    '1 met, 0 missed, 0 open. Open: too few rounds, or a target that is missing.',
    '| blob GET | ≥ 0.85× bare | met | bare: worse quartile 0.92 |',
    '- node: v26.0.0',
    'What makes the load: a client of our own, wrk 4.1.0.',
    '## Beside others',
    '- Carefully.',
    '### How oci is measured',
    '- **zot** (missing): as it comes',
    'More is better; 7 rounds, load 0.1 to 0.7 before, 0.2 to 1.4 after. Small ones.',
    '| bare | 14,000 | 12,500 to 15,500 | 11,000 to 17,000 | 0.929× | 0.92 to 0.935 | 0.909 to 0.941 |',
    '| zot | missing |  |  |  |  |  |',
    '- zot, zot commit: missing: build it',
    '- under foreign load, with the part of the machine that others took: rounds 6 (12 %), 7 (14 %)',
  ]) {
    assert.ok(page.split('\n').includes(line), `${line}\n\nis not in\n\n${page}`)
  }
  assert.doesNotMatch(page, /\*\*Cause/)
})

test('a missed goal has its cause on the page, or is said to have none yet', () => {
  const [figure] = row.figures
  const missing: Row = { ...row, figures: [{ ...figure!, goal: { times: 3, against: ['bare'] } }] }
  const page = (causes: ReadonlyMap<string, string>): string =>
    sectionOf({
      circumstances: { suite: 'oci', seconds: 3, versions: {}, machine: {} },
      suite: { title: 'Beside others', how: [], targets: [] },
      reports: [only(results, missing)],
      causes,
    })
  assert.match(page(new Map()), /^\*\*Cause:\*\* not explained yet$/m)
  assert.match(page(new Map([['blob GET', 'The moon.']])), /^\*\*Cause:\*\* The moon\.$/m)
})

test('several figures of a row are each reported', () => {
  const two: Row = {
    ...row,
    figures: [
      { id: 'rate', name: 'rate', unit: 'requests/s', better: 'more' },
      { id: 'p99', name: 'p99', unit: 'ms', better: 'less', goal: { atMost: 1, against: ['zot'] } },
    ],
  }
  const turn = { at: '', load: 1, loadAfter: 2 }
  const rounds = [{ ...turn, values: { lading: { rate: 10, p99: 3 }, zot: { rate: 5, p99: 6 } } }]
  const [rate, p99] = reportRow(two, { absent: {}, rounds })
  assert.deepEqual([rate?.name, p99?.name], ['blob GET: rate', 'blob GET: p99'])
  assert.deepEqual(
    [rate, p99].map((report) => report?.lines.find(({ target }) => target === 'zot')?.ratios?.median),
    [2, 0.5],
  )
  assert.equal(rate?.goal, undefined)
  assert.deepEqual(p99?.goal, { words: '≤ 1× zot', state: 'open', why: 'zot: 1 of 7 rounds' })
})

test('a row that was not measured at all says so of every target', () => {
  const { lines, rounds, goal } = only({ absent: {}, rounds: [] }, { ...row, targets: ['lading', 'bare'] })
  assert.equal(rounds, 0)
  assert.deepEqual(lines, [
    { target: 'lading', absent: 'not measured' },
    { target: 'bare', absent: 'not measured' },
  ])
  assert.equal(goal?.state, 'open')
})
