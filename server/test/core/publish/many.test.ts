import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tag } from '../../../src/domain/tag.ts'
import { type Store, storeLimits } from '../../../src/ports/store/store.ts'
import { app, type Piece, promised, refused, type Scenario, scenario, tag } from '../scenario.ts'

/** Counts the changes of the largest batch. */
function measured(): { readonly wrap: (store: Store) => Store; readonly largest: () => number } {
  let most = 0
  return {
    largest: () => most,
    wrap: (store) =>
      new Proxy(store, {
        get: (_, name) =>
          name === 'commit'
            ? (...[id, changes]: Parameters<Store['commit']>) => {
                most = Math.max(most, changes.length)
                return store.commit(id, changes)
              }
            : name === 'can'
              ? store.can
              : (Reflect.get(store, name) as (() => unknown) | undefined)?.bind?.(store),
      }),
  }
}

const tags = (count: number) => Array.from({ length: count }, (_, n) => tag(`t${String(n).padStart(3, '0')}`))

/** As many tags as it takes, in pushes of 30. */
async function putTags(s: Scenario, piece: Piece, names: readonly Tag[]): Promise<void> {
  for (let from = 0; from < names.length; from += 30) {
    await s.put(piece, piece.digest, { tags: names.slice(from, from + 30) })
  }
}

async function image(s: Scenario, layers: number, label = 'image'): Promise<Piece> {
  const config = s.known('{}', Buffer.from('{}'))
  await s.push(config)
  const pieces = Array.from({ length: layers }, (_, n) => s.piece(`layer ${n}`))
  for (const piece of pieces) await s.push(piece)
  return s.image(label, config, pieces)
}

test('400 links with 30 tags that all move are one batch, and their deletion fits too', async () => {
  const { wrap, largest } = measured()
  const s = await scenario({ wrap })
  const big = await image(s, 399, 'big')
  for (const [n, name] of tags(30).entries()) {
    const before = s.image(`before ${n}`, s.known('{}', Buffer.from('{}')), [], {
      annotations: { n: `${n}` },
    })
    await s.put(before, name)
  }
  await s.effect(() => s.put(big, big.digest, { tags: tags(30) }))
  assert.ok(largest() <= storeLimits.changesPerBatch && largest() > 900, `${largest()} changes`)
  await s.effect(() => s.delete(big.digest))
  assert.ok(largest() <= storeLimits.changesPerBatch)
  await refused(
    promised(() => s.registry.manifests.stat(s.caller, app, big.digest)),
    'manifest-unknown',
  )
})

test('more tags than fit beside its links are refused with a reason, and leave nothing', async () => {
  const s = await scenario()
  const big = await image(s, 399, 'big')
  const before = await s.lines()
  const data = await refused(s.put(big, big.digest, { tags: tags(31) }), 'too-large')
  assert.deepEqual(data, { what: 'the number of tags', limit: 30 })
  assert.deepEqual(await s.lines(), before)
})

test('401 links are refused', async () => {
  const s = await scenario()
  const over = await image(s, 400)
  await s.changes(async () =>
    assert.deepEqual(await refused(s.put(over, 'v1'), 'manifest-too-many-links'), { links: 401, limit: 400 }),
  )
})

test('a manifest with 120 tags and a long history is deleted with all of them', async () => {
  const { wrap, largest } = measured()
  const s = await scenario({ wrap })
  const [one, two] = [await image(s, 399, 'one'), await image(s, 1, 'two')]
  await s.put(two)
  await s.put(one)
  for (let round = 0; round < 4; round++) {
    await s.put(one, one.digest, { tags: tags(20) })
    await s.put(two, two.digest, { tags: tags(20) })
  }
  await putTags(s, one, tags(120))
  const effect = await s.effect(() => s.delete(one.digest))
  assert.ok(largest() <= storeLimits.changesPerBatch)
  const count = (start: string): number => effect.filter((line) => line.startsWith(start)).length
  assert.equal(count('+ audit user:ada tag.delete'), 120)
  assert.equal(count('+ event tag.deleted'), 120)
  assert.equal(count('+ event manifest.deleted'), 1)
  assert.equal(count('+ job delete-referrers'), 1)
  assert.deepEqual((await s.registry.tags.list(app, { limit: 1000 })).tags, [])
  const held = (await s.lines()).filter(
    (line) => line.startsWith('history') && line.endsWith('to one, holds'),
  )
  assert.deepEqual(held, [])
})

test('a history of more than a page of entries is let go', async () => {
  const s = await scenario()
  const [one, two] = [await image(s, 1, 'one'), await image(s, 2, 'two')]
  for (let round = 0; round < 12; round++) {
    await putTags(s, one, tags(90))
    await putTags(s, two, tags(90))
  }
  await s.effect(() => s.delete(one.digest))
  assert.ok((await s.lines()).includes(`manifest acme/app two, refs ${90 + 90 * 12}`))
})

test('where one of many tags is immutable, none goes', async () => {
  const s = await scenario({ rules: { immutableTags: new Map([['*', ['t055']]]) } })
  const one = await image(s, 1, 'one')
  await putTags(s, one, tags(60))
  await s.changes(async () =>
    assert.deepEqual(await refused(s.delete(one.digest), 'tag-immutable'), { tag: 't055', pattern: 't055' }),
  )
})
