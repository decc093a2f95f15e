import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyRetention, planRetention } from '../../../src/core/gc/retention.ts'
import type { Retention } from '../../../src/domain/retention.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import type { Change } from '../../../src/ports/store/store.ts'
import { overStore } from '../../kit/over-store.ts'
import { checkInvariants } from '../invariants.ts'
import { app, gathered, type Piece, type Scenario, scenario } from '../scenario.ts'

const day = 86_400_000
const never = new AbortController().signal
const everywhere = { repositories: ['*'], tags: ['*'] }

interface Race {
  readonly s: Scenario
  image(label: string, more?: object): Piece
  pull(reference: string): Promise<void>
  /** Runs the work after retention has decided on such a change, and before its batch gets in. */
  before(isIt: (change: Change) => boolean, work: () => Promise<unknown>): void
  apply(): Promise<{ tags: number; manifests: number; holds: number }>
}

async function race(retention: Retention): Promise<Race> {
  let awaited: { isIt: (change: Change) => boolean; work: () => Promise<unknown> } | undefined
  const s = await scenario({
    rules: { retentions: new Map([['acme', retention]]) },
    wrap: (store) =>
      overStore(store, {
        commit: async (id, changes) => {
          if (awaited !== undefined && changes.some(awaited.isIt)) {
            const { work } = awaited
            awaited = undefined
            await work()
          }
          return await store.commit(id, changes)
        },
      }),
  })
  const config = s.known('{}', Buffer.from('{}'))
  await s.push(config)
  return {
    s,
    image: (label, more) => s.image(label, config, [], { annotations: { label }, ...more }),
    pull: async (reference) => {
      await s.registry.manifests.get(app, reference as Tag, true)
      await s.test.pulls.flush()
    },
    before: (isIt, work) => {
      awaited = { isIt, work }
    },
    apply: async () => {
      const applied = await applyRetention(s.test.core, s.test, never)
      assert.equal(awaited, undefined, 'nothing raced')
      await checkInvariants(s.test.core)
      return applied
    },
  }
}

const deletesTag = (change: Change): boolean =>
  change.do === 'put' && change.table.name === 'tags' && change.row['live'] === false
const removesManifest = (change: Change): boolean =>
  change.do === 'remove' && change.table.name === 'manifests'
const releasesHold = (change: Change): boolean => change.do === 'patch' && change.table.name === 'tag_history'
const none = { tags: 0, manifests: 0, holds: 0 }

async function tagged(r: Race): Promise<readonly string[]> {
  return (await r.s.registry.tags.list(app, { limit: 100 })).tags
}

test('a tag that is pushed again meanwhile stays', async () => {
  const r = await race({ tags: [{ ...everywhere, keepPushedWithin: day }] })
  await r.s.put(r.image('i1'), 'v1')
  await r.s.test.clock.advance(2 * day)
  r.before(deletesTag, () => r.s.put(r.image('i2'), 'v1'))
  assert.deepEqual(await r.apply(), none)
  assert.equal((await r.s.registry.manifests.stat(r.s.caller, app, 'v1' as Tag)).digest, r.image('i2').digest)
})

test('a tag that is pulled meanwhile stays, for the first time or once more', async () => {
  for (const before of [0, 1]) {
    const r = await race({ tags: [{ ...everywhere, keepPulledWithin: day }] })
    await r.s.put(r.image('i1'), 'v1')
    for (let pulled = 0; pulled < before; pulled++) await r.pull('v1')
    await r.s.test.clock.advance(2 * day)
    r.before(deletesTag, () => r.pull('v1'))
    assert.deepEqual(await r.apply(), none)
    assert.deepEqual(await tagged(r), ['v1'])
  }
})

test('a tag that somebody deletes meanwhile is gone, and not by retention', async () => {
  const r = await race({ tags: [everywhere] })
  await r.s.put(r.image('i1'), 'v1')
  r.before(deletesTag, () => r.s.delete('v1'))
  assert.deepEqual(await r.apply(), none)
  assert.deepEqual(await tagged(r), [])
  assert.ok((await r.s.lines()).includes('audit user:ada tag.delete acme/app v1 from i1'))
})

test('two runs at once delete each tag once', async () => {
  const r = await race({ tags: [everywhere] })
  for (let n = 0; n < 20; n++) await r.s.put(r.image('i'), `v${n}`)
  const runs = await Promise.all([0, 1].map(() => applyRetention(r.s.test.core, r.s.test, never)))
  assert.equal(
    runs.reduce((sum, { tags }) => sum + tags, 0),
    20,
  )
  await checkInvariants(r.s.test.core)
  assert.equal((await r.s.lines()).filter((line) => line.startsWith('event tag.deleted')).length, 20)
})

test('a manifest that is tagged, indexed, pushed or pulled meanwhile stays', async () => {
  const ways: readonly ((r: Race, image: Piece) => Promise<unknown>)[] = [
    (r, image) => r.s.put(image, 'v1'),
    (r, image) => r.s.put(r.s.index('index', [image])),
    (r, image) => r.s.put(image),
    (r, image) => r.pull(image.digest),
  ]
  for (const way of ways) {
    for (const pulledBefore of [false, true]) {
      const r = await race({ tags: [], untagged: day })
      const image = r.image('i1')
      await r.s.put(image)
      if (pulledBefore) await r.pull(image.digest)
      await r.s.test.clock.advance(2 * day)
      r.before(removesManifest, () => way(r, image))
      assert.deepEqual(await r.apply(), none)
      assert.ok(await r.s.registry.manifests.stat(r.s.caller, app, image.digest))
    }
  }
})

test('a referrer whose subject arrives meanwhile stays, where its own row was touched by that', async () => {
  const r = await race({ tags: [], untagged: day })
  const subject = r.image('subject')
  const { digest, bytes } = subject
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const signature = r.image('signature', { subject: { mediaType, digest, size: bytes.length } })
  await r.s.put(signature)
  await r.s.test.clock.advance(2 * day)
  r.before(removesManifest, async () => {
    await r.s.put(subject)
    await r.s.put(signature)
  })
  assert.deepEqual(await r.apply(), none)
})

test('an entry whose manifest is deleted meanwhile is let go once', async () => {
  const r = await race({ tags: [] })
  const image = r.image('i1')
  await r.s.put(image, 'v1')
  await r.s.put(r.image('i2'), 'v2')
  for (const tag of ['v1', 'v2']) await r.s.put(r.image('i3'), tag)
  await r.s.test.clock.advance(r.s.test.core.limits.historyWindow + 1)
  r.before(releasesHold, () => r.s.delete(image.digest))
  assert.deepEqual(await r.apply(), { ...none, holds: 1 })
})

test('pushes, pulls and deletions go on while retention runs, and nothing contradicts itself', async () => {
  const r = await race({ tags: [{ ...everywhere, keepNewest: 3, keepPulledWithin: day }], untagged: 0 })
  const busy = async (worker: number): Promise<void> => {
    for (let n = 0; n < 25; n++) {
      await r.s.put(r.image(`i${(worker + n) % 7}`), `v${(worker * 3 + n) % 11}`)
      if (n % 3 === 0) await r.pull(`v${(worker * 3 + n) % 11}`).catch(() => undefined)
      if (n % 5 === 0) await r.s.test.clock.advance(1)
    }
  }
  const keeping = async (): Promise<void> => {
    for (let n = 0; n < 10; n++) await applyRetention(r.s.test.core, r.s.test, never)
  }
  await Promise.all([busy(0), busy(1), busy(2), keeping()])
  await checkInvariants(r.s.test.core)
  const planned = await gathered(planRetention(r.s.test.core, r.s.test, never))
  const { tags, manifests } = await applyRetention(r.s.test.core, r.s.test, never)
  assert.equal(tags + manifests, planned.length)
})
