import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pullsCounted } from '../../../src/core/catalog/pull-counting.ts'
import { marks } from '../../../src/core/content/tables.ts'
import type { GcItem } from '../../../src/core/gc/going.ts'
import { applyRetention, planRetention } from '../../../src/core/gc/retention.ts'
import { defaultLimits } from '../../../src/core/ledger/limits.ts'
import type { Retention } from '../../../src/domain/retention.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import { remove } from '../../../src/ports/store/change.ts'
import { overStore } from '../../kit/over-store.ts'
import { checkInvariants } from '../invariants.ts'
import { type TestCoreOptions, testCore } from '../kit.ts'
import { app, gathered, other, type Piece, Scenario, scenario } from '../scenario.ts'

const day = 86_400_000
const never = new AbortController().signal
const everywhere = { repositories: ['*'], tags: ['*'] }
const start = 1_767_225_600_000

async function ruled(retention: Retention, options: TestCoreOptions = {}): Promise<Scenario> {
  const s = await scenario({
    ...options,
    rules: { retentions: new Map([['acme', retention]]), ...options.rules },
  })
  await s.push(s.known('{}', Buffer.from('{}')))
  await s.push(s.known('{}', Buffer.from('{}')), other)
  return s
}

function image(s: Scenario, label: string, more: object = {}): Piece {
  return s.image(label, s.known('{}', Buffer.from('{}')), [], { annotations: { label }, ...more })
}

const planned = (s: Scenario): Promise<GcItem[]> => gathered(planRetention(s.test.core, s.test, never))
const apply = (s: Scenario) => applyRetention(s.test.core, s.test, never)
const liveTags = async (s: Scenario, repository = app): Promise<readonly string[]> =>
  (await s.registry.tags.list(repository, { limit: 1000 })).tags
const pull = async (s: Scenario, reference: string): Promise<void> => {
  await s.registry.manifests.get(app, reference as Tag, true)
  await s.test.pulls.flush()
}

test('the newest stay, in each repository, and the rest goes as a person would delete it', async () => {
  const s = await ruled({ tags: [{ ...everywhere, keepNewest: 2 }] })
  for (const n of [1, 2, 3]) {
    await s.put(image(s, `i${n}`), `v${n}`)
    await s.test.clock.advance(day)
  }
  await s.put(image(s, 'i1'), 'only', { repository: other })
  await s.changes(
    async () => assert.deepEqual(await apply(s), { tags: 1, manifests: 0, holds: 0 }),
    '- manifest acme/app i1, refs 2',
    `+ manifest acme/app i1, refs 1 idle +${3 * day}`,
    '- tag acme/app v1 is i1, step 1',
    '+ tag acme/app v1 is gone, step 2',
    '+ history acme/app v1 2: i1 to nothing',
    '+ audit system:retention tag.delete acme/app v1 from i1',
    '+ event tag.deleted acme/app v1 i1',
  )
  await s.changes(async () => assert.deepEqual(await apply(s), { tags: 0, manifests: 0, holds: 0 }))
})

test('what would go is told with the reason, and nothing changes', async () => {
  const s = await ruled({
    tags: [
      { ...everywhere, keepNewest: 1, keepPulledWithin: 30 * day },
      { repositories: ['acme/app'], tags: ['v*'], keepPushedWithin: day },
    ],
  })
  const i1 = image(s, 'i1')
  await s.put(i1, 'v1')
  await s.put(image(s, 'i2'), 'x2')
  await pull(s, 'x2')
  await s.test.clock.advance(40 * day)
  await s.put(image(s, 'i3'), 'v3')
  await s.changes(async () => {
    assert.deepEqual(
      (await planned(s)).filter(({ what }) => what === 'tag').map(({ tag, why }) => [tag, why]),
      [
        [
          'v1',
          'rule 1 of namespace acme keeps the newest 1 and what was pulled within 4w2d; rule 2 keeps what was pushed within 1d; this one was pushed 2026-01-01T00:00:00Z and last pulled never',
        ],
        [
          'x2',
          'rule 1 of namespace acme keeps the newest 1 and what was pulled within 4w2d; this one was pushed 2026-01-01T00:00:00Z and last pulled 2026-01-01T00:00:00Z',
        ],
      ],
    )
  })
})

test('a tag stays that no rule speaks of, and one that any rule keeps which speaks of it', async () => {
  const s = await ruled({
    tags: [
      { repositories: ['acme/*', '!acme/other'], tags: ['*', '!release-*'] },
      { repositories: ['*'], tags: ['stable*'], keepNewest: 10 },
    ],
  })
  for (const tag of ['a', 'release-1', 'stable-1', 'z']) await s.put(image(s, tag), tag)
  await s.put(image(s, 'a'), 'a', { repository: other })
  await s.test.clock.advance(1000 * day)
  assert.deepEqual((await apply(s)).tags, 2)
  assert.deepEqual(await liveTags(s), ['release-1', 'stable-1'])
  assert.deepEqual(await liveTags(s, other), ['a'])
})

test('pulled lately counts for every tag of the manifest, to the millisecond; never pulled is not lately', async () => {
  const s = await ruled({ tags: [{ ...everywhere, keepPulledWithin: day }] })
  for (const [tag, label] of [
    ['a', 'i1'],
    ['b', 'i1'],
    ['c', 'i2'],
  ] as const)
    await s.put(image(s, label), tag)
  await pull(s, 'a')
  await s.test.clock.advance(day)
  await apply(s)
  assert.deepEqual(await liveTags(s), ['a', 'b'])
  await s.test.clock.advance(1)
  await apply(s)
  assert.deepEqual(await liveTags(s), [])
  await checkInvariants(s.test.core)
})

test('pushed lately counts from the last move, to the millisecond', async () => {
  const s = await ruled({ tags: [{ ...everywhere, keepPushedWithin: day }] })
  await s.put(image(s, 'i1'), 'a')
  await s.put(image(s, 'i1'), 'b')
  await s.test.clock.advance(1)
  await s.put(image(s, 'i2'), 'b')
  await s.test.clock.advance(day)
  await apply(s)
  assert.deepEqual(await liveTags(s), ['b'])
})

test('of those moved in one millisecond the names that sort last count as newer', async () => {
  const s = await ruled({ tags: [{ ...everywhere, keepNewest: 2 }] })
  await s.put(image(s, 'i'), image(s, 'i').digest, { tags: ['v1', 'v10', 'v9', 'V2'] as Tag[] })
  await apply(s)
  assert.deepEqual(await liveTags(s), ['v10', 'v9'])
})

test('keeping the newest of more than fit into a page', async () => {
  const s = await ruled({ tags: [{ ...everywhere, keepNewest: 3 }] })
  const piece = image(s, 'i')
  for (let n = 0; n < 2500; n++) {
    await s.test.clock.advance(n % 7 === 0 ? 1 : 0)
    await s.put(piece, `t${String(n).padStart(4, '0')}`)
  }
  assert.deepEqual((await apply(s)).tags, 2497)
  assert.deepEqual(await liveTags(s), ['t2497', 't2498', 't2499'])
  await checkInvariants(s.test.core)
})

test('an immutable tag stays, and the plan says so', async () => {
  const s = await ruled({ tags: [everywhere] }, { rules: { immutableTags: new Map([['acme', ['v*']]]) } })
  await s.put(image(s, 'i1'), 'v1')
  await s.changes(async () => assert.equal((await apply(s)).tags, 0))
  assert.deepEqual(await planned(s), [
    {
      what: 'tag',
      repository: 'acme/app',
      tag: 'v1',
      digest: image(s, 'i1').digest,
      bytes: 0,
      why: 'rule 1 of namespace acme keeps none; this one was pushed 2026-01-01T00:00:00Z; it stays, since v* makes it immutable',
      stays: true,
    },
  ])
})

test('a namespace without rules has those of *, and only where it has none of its own', async () => {
  const s = await scenario({
    rules: {
      retentions: new Map([
        ['*', { tags: [everywhere] }],
        ['kept', { tags: [] }],
      ]),
    },
  })
  await s.push(s.known('{}', Buffer.from('{}')))
  await s.put(image(s, 'i1'), 'v1')
  assert.match((await planned(s))[0]?.why ?? '', /^rule 1 of namespace \* keeps none;/)
})

test('a manifest goes that nothing names, and nobody has pushed or pulled for its time', async () => {
  const s = await ruled({ tags: [], untagged: day })
  const [i1, i2, i3] = [image(s, 'i1'), image(s, 'i2'), image(s, 'i3')]
  for (const piece of [i1, i2, i3]) await s.put(piece)
  await s.put(i3, 'v3')
  await s.test.clock.advance(1)
  await pull(s, i2.digest)
  await s.test.clock.advance(day - 1)
  await s.changes(() => apply(s))
  await s.test.clock.advance(1)
  assert.deepEqual(await planned(s), [
    {
      what: 'manifest',
      repository: 'acme/app',
      digest: i1.digest,
      bytes: i1.bytes.length,
      why: 'namespace acme keeps what nothing names for 1d; this one was touched 2026-01-01T00:00:00Z and last pulled never',
    },
  ])
  const effect = await s.effect(async () => assert.equal((await apply(s)).manifests, 1))
  assert.deepEqual(
    effect.filter((line) => /manifest|audit|job/.test(line)),
    [
      '- manifest acme/app i1, refs 0',
      '+ job delete-referrers {"repository":"acme/app","subject":"sha256:…"}',
      '+ audit system:retention manifest.delete acme/app i1',
      '+ event manifest.deleted acme/app i1',
    ].map((line) => line.replace('sha256:…', 'i1')),
  )
  await s.test.clock.advance(1)
  assert.equal((await apply(s)).manifests, 1)
  await s.test.clock.advance(1000 * day)
  assert.equal((await apply(s)).manifests, 0)
})

test('what an index names stays with it, and has its own time after it', async () => {
  const s = await ruled({ tags: [], untagged: day })
  const child = image(s, 'child')
  await s.put(child)
  await s.put(s.index('index', [child]))
  await s.test.clock.advance(day + 1)
  assert.deepEqual((await apply(s)).manifests, 1)
  await s.test.clock.advance(day)
  assert.deepEqual((await apply(s)).manifests, 0)
  await s.test.clock.advance(1)
  assert.deepEqual((await apply(s)).manifests, 1)
})

test('a signature stays with its subject, goes with it, and is told so; one without a subject is like any other', async () => {
  const s = await ruled({ tags: [], untagged: day })
  const subjectOf = (piece: Piece): object => ({
    subject: {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: piece.digest,
      size: piece.bytes.length,
    },
  })
  const subject = image(s, 'subject')
  const signature = image(s, 'signature', subjectOf(subject))
  const countersign = image(s, 'countersign', subjectOf(signature))
  const orphan = image(s, 'orphan', subjectOf(image(s, 'nowhere')))
  await s.put(subject, 'v1')
  for (const piece of [signature, countersign, orphan]) await s.put(piece)
  await s.test.clock.advance(day + 1)
  assert.deepEqual(
    (await planned(s)).map(({ digest }) => digest),
    [orphan.digest],
  )
  assert.equal((await apply(s)).manifests, 1)
  await s.delete('v1')
  await s.test.clock.advance(defaultLimits.historyWindow + 1)
  await apply(s)
  await s.test.clock.advance(day + 1)
  assert.deepEqual(
    (await planned(s)).map(({ digest, why }) => [digest, why.replace(/this one.*/, '…')]),
    [
      [subject.digest, 'namespace acme keeps what nothing names for 1d; …'],
      [signature.digest, `it speaks of ${subject.digest}, which goes`],
      [countersign.digest, `it speaks of ${signature.digest}, which goes`],
    ],
  )
  assert.equal((await apply(s)).manifests, 1)
  assert.equal(await s.drain(), 4)
  assert.deepEqual(
    (await s.lines()).filter((line) => line.startsWith('manifest')),
    [],
  )
  await checkInvariants(s.test.core)
})

test('history keeps what a tag named for its window after the tag was moved on; then the entries stay as records', async () => {
  const s = await ruled({ tags: [], untagged: day })
  const { historyWindow } = defaultLimits
  await s.put(image(s, 'i1'), 'v1')
  await s.test.clock.advance(100 * day)
  await s.changes(() => apply(s))
  await s.put(image(s, 'i2'), 'v1')
  await s.test.clock.advance(historyWindow)
  await s.changes(() => apply(s))
  await s.test.clock.advance(1)
  assert.deepEqual(await planned(s), [
    {
      what: 'hold',
      repository: 'acme/app',
      tag: 'v1',
      digest: image(s, 'i1').digest,
      bytes: 0,
      why: 'limits.historyWindow is 4w2d; step 1 of the tag was superseded 2026-04-11T00:00:00Z',
    },
  ])
  const moved = 100 * day
  await s.changes(
    async () => assert.deepEqual(await apply(s), { tags: 0, manifests: 0, holds: 1 }),
    '- history acme/app v1 1: nothing to i1, holds',
    '+ history acme/app v1 1: nothing to i1',
    `- manifest acme/app i1, refs 1 idle +${moved}`,
    `+ manifest acme/app i1, refs 0 idle +${moved + historyWindow + 1}`,
  )
  await s.test.clock.advance(1000 * day)
  await s.changes(async () => assert.equal((await apply(s)).holds, 0), ...(await gone(s, 'i1')))
  assert.equal((await s.registry.manifests.stat(s.caller, app, 'v1' as Tag)).digest, image(s, 'i2').digest)
  await s.delete('v1')
  await s.test.clock.advance(historyWindow + 1)
  assert.equal((await apply(s)).holds, 1)
})

/** What the deletion of an image with the one config changes, beside what it counts. */
async function gone(s: Scenario, label: string): Promise<string[]> {
  const lines = await s.lines()
  const holding = lines.find((line) => line.startsWith('holding acme/app {}'))
  assert.ok(holding)
  const refs = Number(/refs (\d+)/.exec(holding)?.[1])
  const { digest } = image(s, label)
  return [
    ...lines.filter((line) => line.startsWith(`manifest acme/app ${label}`)).map((line) => `- ${line}`),
    `- blob ${label} in its row, refs 1`,
    `- link acme/app ${label} -> blob {}`,
    `- ${holding}`,
    `+ holding acme/app {}, refs ${refs - 1} idle +${s.test.clock.now() - start}`,
    `+ job delete-referrers {"repository":"acme/app","subject":"${label}"}`,
    `+ audit system:retention manifest.delete acme/app ${label}`,
    `+ event manifest.deleted acme/app ${label}`,
  ].map((line) => line.replace(digest, label))
}

test('a thousand entries of history in one repository and others lose their hold in a few batches', async () => {
  const s = await ruled({ tags: [] })
  for (let n = 0; n < 1100; n++)
    await s.put(image(s, `i${n % 3}`), `v${n % 5}`, { repository: n % 2 ? app : other })
  await s.test.clock.advance(defaultLimits.historyWindow + 1)
  let largest = 0
  const { holds } = await applyRetention(s.test.core, s.test, never, () => void largest++)
  assert.equal(holds, largest)
  assert.ok(holds > 1000)
  await checkInvariants(s.test.core)
  const holding = (await s.lines()).filter((line) => line.endsWith('holds'))
  assert.equal(holding.length, 10, 'the newest entry of each of five tags in two repositories')
})

test('an abort ends it between two changes, and the next run does the rest', async () => {
  const s = await ruled({ tags: [everywhere] })
  for (let n = 0; n < 30; n++) await s.put(image(s, 'i'), `v${n}`)
  const abort = new AbortController()
  let seen = 0
  const { tags } = await applyRetention(s.test.core, s.test, abort.signal, () => {
    if (++seen === 5) abort.abort()
  })
  assert.ok(tags >= 5 && tags < 30, `${tags}`)
  await checkInvariants(s.test.core)
  assert.equal((await apply(s)).tags, 30 - tags)
})

test('a push of what the tag names already counts as a push', async () => {
  const s = await ruled({ tags: [{ ...everywhere, keepPushedWithin: 14 * day }] })
  for (let night = 0; night < 20; night++) {
    await s.put(image(s, 'i'), 'nightly')
    await s.test.clock.advance(day)
  }
  assert.equal((await apply(s)).tags, 0)
  await s.test.clock.advance(14 * day)
  assert.equal((await apply(s)).tags, 1)
})

test('what was pulled before pulls were counted is not taken for never pulled', async () => {
  const s = await ruled({ tags: [{ ...everywhere, keepPulledWithin: 30 * day }], untagged: 30 * day })
  await s.put(image(s, 'i'), 'stable')
  await s.put(image(s, 'untagged'))
  await s.test.clock.advance(90 * day)
  const { store, blobs, clock } = s.test
  // As a folder of an earlier release has it: its next start begins to count.
  await s.test.core.ledger.keep(async () => ({ value: undefined, changes: [remove(marks, [pullsCounted])] }))
  const again = new Scenario(await testCore({ store, blobs, clock, bootId: 'boot-2', seed: 2 }))
  await clock.advance(3_600_000)
  const rules = { immutableTags: new Map(), retentions: s.test.retentions }
  const applied = (): Promise<unknown> => applyRetention(again.test.core, rules, never)
  assert.deepEqual(await applied(), { tags: 0, manifests: 0, holds: 0 })
  await clock.advance(30 * day)
  assert.deepEqual(await applied(), { tags: 1, manifests: 1, holds: 0 })
})

test('where no rule is set no repository is looked at', async () => {
  const walked: string[] = []
  await using core = await testCore({
    wrap: (store) =>
      overStore(store, {
        find: (table, query) => {
          walked.push(table.name)
          return store.find(table, query)
        },
      }),
  })
  walked.length = 0
  await applyRetention(core.core, { ...core, retentions: new Map() }, new AbortController().signal)
  assert.deepEqual(walked, ['tag_history'])
})
