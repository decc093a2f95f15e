import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dropArtifact } from '../../../src/core/artifacts/keep-artifact.ts'
import { artifacts } from '../../../src/core/artifacts/tables.ts'
import { tags } from '../../../src/core/catalog/tables.ts'
import { noteEarlier } from '../../../src/core/publish/note-earlier.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import type { Change } from '../../../src/ports/store/store.ts'
import type { Table } from '../../../src/ports/store/table.ts'
import { overStore } from '../../kit/over-store.ts'
import { authors } from '../authoring/kit.ts'
import { allRows, checkInvariants } from '../invariants.ts'
import type { TestCore } from '../kit.ts'
import { app, only, push } from './pushing.ts'

/** What is pushed under these tags, one after the other, is called by the first of them. */
async function pushAll(core: TestCore, ...pushed: readonly string[]): Promise<void> {
  for (const tag of pushed) {
    await push(core, { tag, layer: tag, annotations: { 'org.opencontainers.image.title': tag } })
    await core.clock.advance(5)
  }
}

const drop = async ({ registry, caller }: TestCore, tag: string): Promise<void> =>
  await registry.manifests.delete(caller, app, tag as Tag, {})

describe('an artifact whose tags name no versions', () => {
  const orders: readonly (readonly [string, readonly string[], string])[] = [
    ['the highest release, whatever is pushed after it', ['v1.10.0', 'v1.2.4'], 'v1.10.0'],
    ['a higher one that comes', ['1.9', '1.25', 'v1.26'], 'v1.26'],
    ['a release before what precedes one', ['2026.11', '2026.12-rc.1', 'edge'], '2026.11'],
    [
      'what precedes a release before what is no version',
      ['v2.0.0-rc.1', 'v2.0.0-beta', 'pr-77'],
      'v2.0.0-rc.1',
    ],
    ['latest before all of them', ['v2.0.0', 'latest', 'pr-77', 'v3.0.0'], 'latest'],
    ['the newest push where there is neither', ['nightly', 'edge', 'pr-77'], 'pr-77'],
    ['a version before a newer push', ['nightly', 'v1', 'pr-77'], 'v1'],
  ]
  for (const [what, pushed, stands] of orders)
    test(`stands at ${what}`, async () => {
      await using a = await authors()
      await pushAll(a.test, ...pushed)
      const found = await only(a.test)
      assert.deepEqual([found.name, found.version], [stands, undefined])
      await checkInvariants(a.test.core)
    })

  test('stands at a version as soon as a tag names one, and at the best of the others once it is gone', async () => {
    await using a = await authors()
    await pushAll(a.test, 'latest', 'v9.0.0', '0.1.0', 'latest', 'pr-1')
    assert.deepEqual([(await only(a.test)).name, (await only(a.test)).version], ['0.1.0', '0.1.0'])
    await drop(a.test, '0.1.0')
    assert.deepEqual([(await only(a.test)).name, (await only(a.test)).version], ['latest', undefined])
  })

  test('goes to the next best with each tag that goes', async () => {
    await using a = await authors()
    await pushAll(a.test, 'v1.2.4', 'old', 'latest', 'v1.10.0', 'v2.0.0-rc.1', 'new')
    const stood: string[] = []
    for (const tag of ['latest', 'v1.10.0', 'v1.2.4', 'v2.0.0-rc.1', 'new']) {
      assert.equal((await only(a.test)).name, tag)
      await drop(a.test, tag)
      stood.push((await only(a.test)).name)
    }
    assert.deepEqual(stood, ['v1.10.0', 'v1.2.4', 'v2.0.0-rc.1', 'new', 'old'])
    await checkInvariants(a.test.core)
  })

  test('follows a tag that moves, and goes from a manifest that a lower tag still names', async () => {
    await using a = await authors()
    const first = await push(a.test, { tag: 'latest', layer: 'first' })
    await push(a.test, { tag: 'pr-77', layer: 'first' })
    const other = await push(a.test, { tag: 'v1.0.0', layer: 'other' })
    assert.equal((await only(a.test)).digest, first)
    const second = await push(a.test, { tag: 'latest', layer: 'second' })
    assert.equal((await only(a.test)).digest, second)
    await push(a.test, { tag: 'latest', layer: 'first' })
    assert.equal((await only(a.test)).digest, first)
    await drop(a.test, 'latest')
    assert.equal((await only(a.test)).digest, other)
    await a.test.clock.advance(5)
    await push(a.test, { tag: 'pr-78', layer: 'other' })
    await drop(a.test, 'v1.0.0')
    assert.equal((await only(a.test)).digest, other)
  })

  test('stays where it is while a tag of others goes', async () => {
    await using a = await authors()
    await pushAll(a.test, 'v1', 'v2', 'edge')
    const { changes } = (await allRows(a.test.store, artifacts))[0] ?? {}
    await drop(a.test, 'v1')
    await drop(a.test, 'edge')
    const [row] = await allRows(a.test.store, artifacts)
    assert.deepEqual([row?.name, row?.changes], ['v2', changes])
  })

  test('pushed to by many at once stands at the best of all', async () => {
    await using a = await authors()
    const names = Array.from({ length: 30 }, (_, at) => [`v1.${at}.0`, `pr-${at}`]).flat()
    const all = names.map((tag) => push(a.test, { tag, layer: tag }))
    let left = all.length
    for (const one of all) one.finally(() => left--)
    while (left > 0) await a.test.clock.advance(10)
    assert.equal((await only(a.test)).digest, await all[names.indexOf('v1.29.0')])
    await checkInvariants(a.test.core)
  })

  const named = (core: TestCore, tag: string): Promise<string> =>
    push(core, { tag, layer: tag, annotations: { 'org.opencontainers.image.description': tag } })
  const moments: readonly (readonly [
    string,
    string,
    string,
    (core: TestCore) => Promise<unknown>,
    string,
  ])[] = [
    ['goes where a lower tag comes', 'v2', 'v1', (core) => drop(core, 'v2'), 'v1'],
    ['goes where a lower version comes', '2.0.0', '1.0.0', (core) => drop(core, '2.0.0'), '1.0.0'],
    ['comes where another tag does', 'old', 'new', (core) => named(core, 'v1'), 'v1'],
    ['comes where a lower one does', 'v1', 'v2', (core) => named(core, 'v3'), 'v3'],
  ]
  for (const [what, before, pushed, meanwhile, stands] of moments)
    test(`is right where its best tag ${what} in the same moment`, async () => {
      let between: (() => Promise<unknown>) | undefined
      const isPush = (change: Change): boolean =>
        change.do === 'insert' && change.table === (tags as Table) && change.row['tag'] === pushed
      await using a = await authors({
        wrap: (store) =>
          overStore(store, {
            commit: async (id, changes) => {
              const work = changes.some(isPush) ? between : undefined
              if (work !== undefined) between = undefined
              await work?.()
              return await store.commit(id, changes)
            },
          }),
      })
      await named(a.test, before)
      between = () => meanwhile(a.test)
      await named(a.test, pushed)
      assert.equal(between, undefined)
      const found = await only(a.test)
      assert.deepEqual([found.description, found.published], [stands, true])
      await checkInvariants(a.test.core)
    })

  test('from before there were artifacts stands so too', async () => {
    await using a = await authors()
    await pushAll(a.test, 'latest', 'v1.10.0', 'v1.2.4', 'pr-77')
    const { core, store } = a.test
    const [row] = await allRows(store, artifacts)
    assert.ok(row)
    await core.ledger.keep(async () => ({ value: undefined, changes: await dropArtifact(core, row) }))
    await noteEarlier(core, new AbortController().signal)
    assert.equal((await only(a.test)).name, 'latest')
  })
})
