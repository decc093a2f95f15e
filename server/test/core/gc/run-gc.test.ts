import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holds } from '../../../src/core/content/tables.ts'
import { type GcReport, planCollection, runGc } from '../../../src/core/gc/run-gc.ts'
import { defaultLimits } from '../../../src/core/ledger/limits.ts'
import type { Step } from '../../../src/core/ledger/progress.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { checkInvariants } from '../invariants.ts'
import { app, chunks, gathered, other, type Scenario, scenario } from '../scenario.ts'

const day = 86_400_000
const never = new AbortController().signal
const { graceTime } = defaultLimits
const nothing = { count: 0, bytes: 0 }
const empty = {
  upload: nothing,
  tag: nothing,
  manifest: nothing,
  hold: nothing,
  holding: nothing,
  content: nothing,
  trash: nothing,
  orphan: nothing,
}

/** Something of each kind that goes now. */
async function withOneOfEach(limits: Partial<typeof defaultLimits> = {}): Promise<Scenario> {
  const s = await scenario({
    limits: { historyWindow: 3 * day, uploadLifetime: 3 * day, ...limits },
    rules: {
      retentions: new Map([
        ['acme', { tags: [{ repositories: ['*'], tags: ['*'], keepNewest: 1 }], untagged: day }],
      ]),
      immutableTags: new Map([['acme', ['fixed']]]),
    },
  })
  const config = s.known('{}', Buffer.from('{}'))
  await s.push(config)
  await s.put(s.image('untagged', config, []))
  await s.put(s.image('fixed', config, [], { annotations: { n: '1' } }), 'fixed')
  await s.put(s.image('older', config, [], { annotations: { n: '0' } }), 'old')
  await s.put(s.image('old', config, [], { annotations: { n: '2' } }), 'old')
  const upload = await s.registry.uploads.begin(s.caller, app)
  await s.registry.uploads.append(s.caller, app, upload.id, { bytes: chunks(Buffer.alloc(70_000)) })
  await s.push(s.piece('large', 100_000))
  await s.push(s.piece('shared', 90_000))
  await s.registry.uploads.mount(s.caller, other, s.piece('shared', 90_000).digest, app)
  await s.test.clock.advance(4 * day)
  await s.put(s.image('new', config, [], { annotations: { n: '3' } }), 'new')
  const deleted = s.piece('deleted', 80_000)
  await s.push(deleted)
  await s.registry.blobs.delete(s.caller, app, deleted.digest)
  await s.test.clock.advance(graceTime - 1)
  await s.test.blobs.append(s.test.blobs.name(), 0, chunks(Buffer.alloc(7)), never)
  return s
}

const run = (s: Scenario, dryRun: boolean, signal = never): Promise<GcReport> =>
  runGc(s.test.core, s.test, { dryRun, signal })

test('a dry run changes nothing, and tells by kind what a run then does', async () => {
  const s = await withOneOfEach()
  const lines = await s.lines()
  const dry = await run(s, true)
  assert.deepEqual(await s.lines(), lines)
  const manifest = s.image('untagged', s.known('{}', Buffer.from('{}')), []).bytes.length
  assert.deepEqual(dry.by, {
    upload: { count: 1, bytes: 70_000 },
    tag: { count: 1, bytes: 0 },
    manifest: { count: 1, bytes: manifest },
    hold: { count: 1, bytes: 0 },
    holding: { count: 3, bytes: 280_000 },
    content: { count: 2, bytes: 190_000 },
    trash: { count: 1, bytes: 80_000 },
    orphan: { count: 1, bytes: 7 },
  })
  assert.deepEqual([dry.dryRun, dry.complete, dry.staying, dry.unlisted], [true, true, 1, 0])
  const wet = await run(s, false)
  const sorted = ({ items }: GcReport): readonly string[] =>
    items.map((item) => JSON.stringify(item)).toSorted()
  // Of content that two lose at once the last one is told apart only when it is done.
  const known = (line: string): string =>
    line.replace(/"why":"[^"]*(last repository|no repository)[^"]*"/, '…')
  assert.deepEqual({ ...wet, items: [] }, { ...dry, dryRun: false, items: [] })
  assert.deepEqual(sorted(wet).map(known), sorted(dry).map(known))
  await checkInvariants(s.test.core)
  const again = await run(s, false)
  assert.deepEqual({ ...again, items: [] }, { ...again, by: empty, staying: 1, items: [] })
})

test('each item says where it is, how much, and why', async () => {
  const s = await withOneOfEach()
  const { items } = await run(s, true)
  assert.deepEqual(
    items.map(({ what, repository, tag, file, bytes, why, stays }) =>
      [what, repository, tag, file && 'file', bytes, why, stays && 'stays']
        .filter((part) => part !== undefined)
        .join(' | '),
    ),
    [
      'upload | acme/app | file | 70000 | its time ended 2026-01-04T00:00:00Z: nothing was added for limits.uploadLifetime, or it was cancelled',
      'tag | acme/app | fixed | 0 | rule 1 of namespace acme keeps the newest 1; this one was pushed 2026-01-01T00:00:00Z; it stays, since fixed makes it immutable | stays',
      'tag | acme/app | old | 0 | rule 1 of namespace acme keeps the newest 1; this one was pushed 2026-01-01T00:00:00Z',
      `manifest | acme/app | ${items.find(({ what }) => what === 'manifest')?.bytes} | namespace acme keeps what nothing names for 1d; this one was touched 2026-01-01T00:00:00Z and last pulled never`,
      'hold | acme/app | old | 0 | limits.historyWindow is 3d; step 1 of the tag was superseded 2026-01-01T00:00:00Z',
      ...[
        ...items
          .filter(({ what }) => what === 'holding')
          .map(({ repository, bytes }) => [repository, bytes] as const),
      ].flatMap(([repository, bytes], at, all) => [
        `holding | ${repository} | ${bytes} | no manifest names it, it was touched 2026-01-01T00:00:00Z, and limits.graceTime is 1d`,
        ...(bytes === 100_000 || all.findLastIndex(([, size]) => size === bytes) === at
          ? [`content | file | ${bytes} | this was the last repository that held it`]
          : []),
      ]),
      'trash | file | 80000 | its time in the trash ended 2026-01-05T00:15:00Z',
      'orphan | file | 7 | no record names the file',
    ],
  )
})

test('the plan of collection is the part that needs no rules', async () => {
  const s = await withOneOfEach()
  const whole = (await run(s, true)).items.filter(({ what }) => !['tag', 'manifest', 'hold'].includes(what))
  assert.deepEqual(await gathered(planCollection(s.test.core, never)), whole)
})

test('a report names only so much, and counts the rest', async () => {
  const s = await withOneOfEach({ reportedItems: 3 })
  for (const dryRun of [true, false]) {
    const report = await run(s, dryRun)
    assert.deepEqual([report.items.length, report.unlisted], [3, 9])
  }
})

test('progress is told for each phase, from nothing up', async () => {
  const s = await withOneOfEach()
  const steps: Step[] = []
  await runGc(s.test.core, s.test, { signal: never, progress: (step) => void steps.push(step) })
  const phases = [...new Set(steps.map(({ phase }) => phase))]
  assert.deepEqual(phases, [
    'expiring uploads',
    'applying retention rules',
    'closing the history window',
    'collecting holdings',
    'collecting content',
    'emptying the trash',
    'looking for files without a record',
  ])
  for (const phase of phases) {
    const done = steps.filter((step) => step.phase === phase).map((step) => step.done)
    assert.deepEqual(
      done,
      done.map((_, at) => at),
    )
  }
})

test('one that is aborted says so, with what it has done', async () => {
  const s = await withOneOfEach()
  const abort = new AbortController()
  const report = await runGc(s.test.core, s.test, {
    signal: abort.signal,
    progress: ({ phase, done }) => phase === 'applying retention rules' && done === 1 && abort.abort(),
  })
  assert.equal(report.complete, false)
  assert.equal(report.by.upload.count, 1)
  assert.deepEqual([report.by.holding, report.by.trash], [nothing, nothing])
  await checkInvariants(s.test.core, { strays: true })
  assert.equal((await run(s, false)).complete, true)
})

test('while somebody holds the trash it keeps its bytes, until the hold has run out', async () => {
  const s = await withOneOfEach()
  const until = s.test.clock.now() + 10
  await s.test.core.ledger.keep(async () => ({
    value: undefined,
    changes: [insert(holds, { id: 'h', until, by: 'a backup' })],
  }))
  for (const dryRun of [true, false]) assert.deepEqual((await run(s, dryRun)).by.trash, nothing)
  await s.test.clock.advance(10)
  assert.deepEqual((await run(s, false)).by.trash, { count: 1, bytes: 80_000 })
})

test('content that two repositories lose at once goes all the same', async () => {
  const s = await scenario()
  await s.push(s.piece('shared', 90_000))
  await s.registry.uploads.mount(s.caller, other, s.piece('shared', 90_000).digest, app)
  await s.test.clock.advance(graceTime + 1)
  const dry = await run(s, true)
  const wet = await run(s, false)
  assert.deepEqual(wet.by, dry.by)
  assert.deepEqual(wet.by, {
    ...empty,
    holding: { count: 2, bytes: 180_000 },
    content: { count: 1, bytes: 90_000 },
  })
  await checkInvariants(s.test.core)
})

test('a file whose length cannot be told keeps nothing from going', async () => {
  const s = await withOneOfEach()
  s.test.blobs.length = async () => assert.fail('the disk has a bad block')
  const { by } = await run(s, false)
  assert.deepEqual(
    [by.upload, by.trash],
    [
      { count: 1, bytes: 0 },
      { count: 1, bytes: 0 },
    ],
  )
})

test('what cannot go keeps nothing else from going, and is told at the end', async () => {
  const s = await scenario()
  for (let n = 0; n < 30; n++) await s.push(s.piece(`p${n}`))
  await s.test.clock.advance(graceTime + 1)
  const { keep } = s.test.core.ledger
  let calls = 0
  s.test.core.ledger.keep = async (decide) => {
    if (++calls === 3) throw new Error('the store fell over')
    return (await keep.call(s.test.core.ledger, decide as never)) as never
  }
  await assert.rejects(run(s, false), /the store fell over/)
  assert.equal((await s.lines()).filter((line) => line.startsWith('holding')).length, 1)
  await checkInvariants(s.test.core)
})
