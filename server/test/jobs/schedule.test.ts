import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jobHandlers, schedules } from '../../src/jobs/handlers.ts'
import { plant, type Schedule } from '../../src/jobs/schedule.ts'
import { type TestCore, testCore } from '../core/kit.ts'

const hour = 3_600_000

/** A schedule whose runs end as told, in their order; then well. */
function recorded(
  kind: string,
  every: number,
  ends: readonly Error[] = [],
): Schedule & { readonly runs: number[] } {
  const runs: number[] = []
  const left = [...ends]
  return {
    kind,
    every,
    runs,
    run: async () => {
      runs.push(runs.length)
      const end = left.shift()
      if (end !== undefined) throw end
      return { done: runs.length }
    },
  }
}

const plantIn = (test: TestCore, all: readonly Schedule[]): Promise<void> =>
  plant(test.core, test.journal, all)
const drain = (test: TestCore, all: readonly Schedule[]): Promise<number> =>
  test.journal.drain(jobHandlers(test, all))

test('a schedule is planted once, however often and from however many processes at once', async () => {
  await using one = await testCore()
  await using two = await testCore({
    store: one.store,
    blobs: one.blobs,
    clock: one.clock,
    seed: 2,
    bootId: 'boot-2',
  })
  const all = [recorded('a', hour), recorded('b', 2 * hour)]
  await Promise.all([plantIn(one, all), plantIn(two, all), plantIn(one, all)])
  await plantIn(two, all)
  const jobs = await one.journal.list('ready', 10)
  const start = one.clock.now()
  assert.deepEqual(
    jobs.map(({ kind, runAt, payload }) => [kind, runAt, payload]),
    [
      ['a', start + hour, {}],
      ['b', start + 2 * hour, {}],
    ],
  )
})

test('a schedule is planted beside any number of other jobs', async () => {
  await using core = await testCore()
  const batch = Array.from({ length: 900 }, () => ({ kind: 'other', payload: {} }))
  for (let n = 0; n < 2; n++)
    await core.core.ledger.keep(async () => ({ value: 0, changes: [], jobs: batch }))
  const all = [recorded('a', hour)]
  for (let n = 0; n < 2; n++) await plantIn(core, all)
  assert.equal((await core.journal.counts()).ready, 1801)
})

test('it runs one interval from now, and comes back an interval after each end', async () => {
  await using core = await testCore()
  const all = [recorded('a', hour)]
  await plantIn(core, all)
  assert.equal(await drain(core, all), 0)
  for (let turn = 1; turn <= 3; turn++) {
    await core.clock.advance(hour - 1)
    assert.equal(await drain(core, all), 0)
    await core.clock.advance(1)
    assert.equal(await drain(core, all), 1)
    assert.equal(all[0]?.runs.length, turn)
    assert.deepEqual(
      (await core.journal.list('ready', 10)).map(({ runAt }) => runAt),
      [core.clock.now() + hour],
    )
  }
})

test('a failure is tried again soon; one that stays waits for its next turn, and is told of', async () => {
  await using core = await testCore()
  const all = [recorded('a', hour, Array(4).fill(new Error('broken')))]
  await plantIn(core, all)
  await core.clock.advance(hour)
  for (let attempt = 1; attempt <= 4; attempt++) {
    assert.equal(await drain(core, all), 1)
    const [job] = await core.journal.list('ready', 1)
    assert.ok(job)
    const wait = job.runAt - core.clock.now()
    if (attempt < 4)
      assert.ok(wait <= 10_000 && job.attempts === attempt, `try ${attempt}: ${JSON.stringify(job)}`)
    else assert.deepEqual([wait, job.attempts, job.lastError], [hour, 0, ''])
    await core.clock.advance(wait)
  }
  assert.ok(core.telemetry.lines.some(({ level, fields }) => level === 'error' && fields['kind'] === 'a'))
  assert.equal(await drain(core, all), 1)
  assert.equal(all[0]?.runs.length, 5)
  assert.deepEqual(await core.journal.counts(), { ready: 1, running: 0, dead: 0 })
})

test('a schedule that took its process down too often gets another chance with the next start', async () => {
  await using core = await testCore({ journal: { attempts: 1, firstRetry: 1 } })
  const all = [recorded('a', hour, [new Error('down')])]
  await plantIn(core, all)
  await core.clock.advance(hour)
  await drain(core, all)
  assert.equal((await core.journal.counts()).dead, 1)
  await plantIn(core, all)
  assert.deepEqual(await core.journal.counts(), { ready: 1, running: 0, dead: 0 })
  assert.equal(await drain(core, all), 1)
})

test('the schedules of a registry have names of their own, run, and come back', async () => {
  await using core = await testCore()
  const all = schedules(core, {
    cleanupInterval: hour / 12,
    collectInterval: hour,
    sweepInterval: 24 * hour,
    retentionInterval: hour,
    compareInterval: hour,
  })
  await plantIn(core, all)
  assert.deepEqual(
    all.map(({ kind, every }) => [kind, every]),
    [
      ['expire-uploads', hour / 12],
      ['empty-trash', hour / 12],
      ['collect', hour],
      ['retention', hour],
      ['expire-logins', hour / 12],
      ['note-artifacts', hour / 12],
      ['sweep', 24 * hour],
      ['seal-audit', 2000],
      ['expire-audit', hour / 12],
      ['compare-index', hour],
    ],
  )
  await core.clock.advance(24 * hour)
  assert.equal(await drain(core, all), 10)
  assert.deepEqual(await core.journal.counts(), { ready: 10, running: 0, dead: 0 })
  assert.deepEqual([...jobHandlers(core, all).keys()].sort(), [
    'collect',
    'compare-index',
    'delete-referrers',
    'empty-repository',
    'empty-trash',
    'empty-trash-now',
    'expire-audit',
    'expire-logins',
    'expire-uploads',
    'note-artifacts',
    'retention',
    'seal-audit',
    'send-letter',
    'send-notice',
    'sweep',
  ])
})
