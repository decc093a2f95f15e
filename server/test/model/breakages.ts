import type { BatchId, Change, Key, Store } from '../../src/ports/store/store.ts'
import type { Row, Table, Value } from '../../src/ports/store/table.ts'
import type { Breakage } from './world.ts'

type Rewrite = (changes: readonly Change[], store: Store) => readonly Change[] | Promise<readonly Change[]>

/** The protocol with one of its rules left out: the batches that break it are rewritten on their way to the store. */
function rewriting(rewrite: Rewrite): Breakage {
  return (store) =>
    new Proxy(store, {
      get: (target, property) => {
        const member = Reflect.get(target, property)
        if (typeof member !== 'function') return member
        if (property !== 'commit') return member.bind(target)
        return async (id: BatchId, changes: readonly Change[]) => {
          const rewritten = await rewrite(changes, store)
          return rewritten.length === 0 ? { ok: true } : await target.commit(id, rewritten)
        }
      },
    })
}

const on = (change: Change, kind: Change['do'], table: string): boolean =>
  change.do === kind && 'table' in change && change.table.name === table

const keyOf = (table: Table, row: Row): Key => table.key.map((column) => row[column] as Value)

/** The change as its author would have written it who trusts what was read. */
async function unguarded(change: Change, store: Store): Promise<readonly Change[]> {
  if (change.do === 'remove') {
    const there = await store.get(change.table, change.key)
    return there === undefined ? [] : [{ do: 'remove', table: change.table, key: change.key }]
  }
  if (change.do === 'insert') {
    const there = await store.get(change.table, keyOf(change.table, change.row))
    return [
      there === undefined ? change : { do: 'put', table: change.table, row: change.row, rev: there.rev },
    ]
  }
  if (change.do === 'put') {
    const there = await store.get(change.table, keyOf(change.table, change.row))
    return there === undefined ? [] : [{ ...change, rev: there.rev }]
  }
  if (change.do === 'patch') {
    const { when: _, ...rest } = change
    return [rest]
  }
  return [change]
}

const without =
  (which: (change: Change, batch: readonly Change[]) => boolean): Rewrite =>
  (changes) =>
    changes.filter((change) => !which(change, changes))

const unguardedWhere =
  (which: (change: Change) => boolean): Rewrite =>
  async (changes, store) =>
    (
      await Promise.all(
        changes.map(async (change) => (which(change) ? await unguarded(change, store) : [change])),
      )
    ).flat()

const setTo = (change: Change, column: string): Value | undefined =>
  change.do === 'patch' ? (change.set?.[column] as Value | undefined) : undefined

const added = (change: Change, sign: 1 | -1): boolean =>
  change.do === 'patch' && Math.sign(change.add?.['refs'] ?? 0) === sign

export const breakages: Readonly<Record<string, Breakage>> = {
  'a holding is collected although it was renewed': rewriting(
    unguardedWhere((change) => on(change, 'remove', 'holdings')),
  ),
  'content is removed although somebody refers to it by now': rewriting(
    unguardedWhere((change) => on(change, 'remove', 'blobs')),
  ),
  'a re-push does not renew': rewriting(
    without(
      (change) =>
        on(change, 'patch', 'holdings') && setTo(change, 'idleSince') !== undefined && !added(change, -1),
    ),
  ),
  'a mount is not counted': rewriting(
    without(
      (change, batch) =>
        on(change, 'patch', 'blobs') &&
        added(change, 1) &&
        batch.some((other) => on(other, 'insert', 'holdings')),
    ),
  ),
  'a link is not counted': rewriting(
    without((change) => on(change, 'patch', 'holdings') && added(change, 1)),
  ),
  'an unlink is not counted': rewriting(
    without((change) => on(change, 'patch', 'holdings') && added(change, -1)),
  ),
  'the link of an index is not counted': rewriting(async (changes) => {
    const index = changes.some(
      (change) =>
        on(change, 'insert', 'links') && change.do === 'insert' && change.row['target'] === 'manifest',
    )
    return changes.filter((change) => !(index && on(change, 'patch', 'manifests') && added(change, 1)))
  }),
  'a second copy stays': rewriting(
    without(
      (change, batch) =>
        on(change, 'patch', 'files') &&
        setTo(change, 'state') === 'trash' &&
        !batch.some((other) => on(other, 'remove', 'blobs')),
    ),
  ),
  'a finished upload stays, and expires': rewriting(
    without(
      (change, batch) =>
        on(change, 'remove', 'uploads') && batch.some((other) => on(other, 'insert', 'holdings')),
    ),
  ),
  'a blob keeps its file in the state of an upload': rewriting(
    without((change) => on(change, 'patch', 'files') && setTo(change, 'state') === 'blob'),
  ),
  'a file has no row before it is a blob': rewriting(async (changes, store) => {
    const kept = changes.filter(
      (change) =>
        !(change.do === 'insert' && change.table.name === 'files' && change.row['state'] === 'upload'),
    )
    return await Promise.all(
      kept.map(async (change): Promise<Change> => {
        if (change.do !== 'patch' || change.table.name !== 'files') return change
        const there = await store.get(change.table, change.key)
        if (there !== undefined) return change
        return { do: 'insert', table: change.table, row: { file: change.key[0], until: 0, ...change.set } }
      }),
    )
  }),
  'a tag moves whoever else moved it': rewriting(
    unguardedWhere((change) => on(change, 'put', 'tags') || on(change, 'insert', 'tag_history')),
  ),
  'a manifest goes although a tag came': rewriting(
    unguardedWhere((change) => on(change, 'remove', 'manifests')),
  ),
  'history does not hold': rewriting((changes) =>
    changes.map((change) =>
      change.do === 'patch' && change.table.name === 'manifests' && (change.add?.['refs'] ?? 0) > 1
        ? { ...change, add: { refs: 1 } }
        : change,
    ),
  ),
}
