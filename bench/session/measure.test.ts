import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureRow, type Targets } from './measure.ts'
import { noResults, type RowResults } from './results.ts'
import { type Measured, type Row, WrongAnswer } from './row.ts'

const targets: Targets = {
  missing: (name) => (name === 'far' ? 'build it' : undefined),
  measured: (name) => ({ name }) as Measured,
  async endRow() {},
  programs: new Map([['tool', { missing: 'install tool' }]]),
}

/** Measures a count of its own calls, and writes down in which order it was called. */
function makeRow(part: Partial<Row> = {}): Row & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    name: 'row',
    figures: [{ id: 'rate', name: 'rate', unit: 'requests/s', better: 'more' }],
    takes: (seconds) => seconds,
    checkTakes: 1,
    targets: ['a', 'b', 'c'],
    calls,
    async check({ name }) {
      calls.push(`check ${name}`)
    },
    async measure({ name }, seconds) {
      calls.push(`${name} ${seconds}`)
      return { rate: calls.length }
    },
    ...part,
  }
}

async function run(row: Row, rounds: number, earlier: RowResults = noResults) {
  const kept: RowResults[] = []
  const results = await measureRow(row, earlier, { rounds, seconds: 3 }, targets, async (each) => {
    kept.push(each)
  })
  return { results, kept }
}

test('targets are checked first, then take turns; every finished round is kept', async () => {
  const row = makeRow()
  const { results, kept } = await run(row, 2)
  assert.deepEqual(row.calls, ['check a', 'check b', 'check c', 'a 3', 'b 3', 'c 3', 'a 3', 'b 3', 'c 3'])
  assert.deepEqual(
    results.rounds.map(({ values }) => values),
    [
      { a: { rate: 4 }, b: { rate: 5 }, c: { rate: 6 } },
      { a: { rate: 7 }, b: { rate: 8 }, c: { rate: 9 } },
    ],
  )
  assert.deepEqual(results.absent, {})
  assert.deepEqual(
    kept.map(({ rounds }) => rounds.length),
    [1, 2],
  )
})

test('an interrupted run goes on where it stopped, and a finished one does nothing', async () => {
  const first = { a: { rate: 1 }, b: { rate: 2 }, c: { rate: 3 } }
  const earlier: RowResults = {
    absent: {},
    rounds: [{ at: '2001-09-09T01:46:40.000Z', load: 1, loadAfter: 1, values: first }],
  }
  const { results } = await run(makeRow(), 2, earlier)
  assert.deepEqual(
    results.rounds.map(({ values }) => values),
    [first, { a: { rate: 4 }, b: { rate: 5 }, c: { rate: 6 } }],
  )
  const done = makeRow()
  assert.equal((await run(done, 1, earlier)).results, earlier)
  assert.deepEqual(done.calls, [])
})

test('a missing target, a wrong answer and a failure are named, and the others go on', async () => {
  const row = makeRow({
    targets: ['a', 'far', 'wrong', 'failing'],
    async check({ name }) {
      if (name === 'wrong') throw new WrongAnswer('404, not 200')
    },
    async measure({ name }) {
      if (name === 'failing') throw new Error('it fell over')
      return { rate: 1 }
    },
  })
  const { results } = await run(row, 2)
  assert.deepEqual(results.absent, {
    far: 'missing: build it',
    wrong: 'wrong answer: 404, not 200',
    failing: 'failed: it fell over',
  })
  assert.deepEqual(
    results.rounds.map(({ values }) => values),
    [{ a: { rate: 1 } }, { a: { rate: 1 } }],
  )
})

test('a tool that is missing is told for each target', async () => {
  const { results } = await run(makeRow({ needs: ['tool'], targets: ['a', 'b'] }), 2)
  assert.deepEqual(results, {
    absent: { a: 'missing: install tool', b: 'missing: install tool' },
    rounds: [],
  })
})

test('where everything fails it ends', async () => {
  const row = makeRow({
    targets: ['a'],
    async measure() {
      throw new Error('no')
    },
  })
  assert.deepEqual((await run(row, 3)).results, { absent: { a: 'failed: no' }, rounds: [] })
})
