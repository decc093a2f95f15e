import assert from 'node:assert/strict'
import type { Snapshot, Store } from '../../../src/ports/store/store.ts'
import type { Mutant } from './mutant.ts'

const oneState =
  'a snapshot has what was committed before it, by every way of reading, and nothing of later commits'
const itsBytes =
  'a snapshot gives as many bytes as it says, the same each time, and outlives neither its disposal nor its store'

/** Snapshots, each with some of it replaced. */
const snapshots = (
  right: Store,
  each: (snapshot: Snapshot) => Partial<Snapshot>,
): Pick<Required<Store>, 'snapshot'> => ({
  snapshot: async () => {
    const taken = await right.snapshot?.()
    assert.ok(taken !== undefined)
    const { reads, format, size } = taken
    return {
      reads,
      format,
      size,
      bytes: () => taken.bytes(),
      [Symbol.asyncDispose]: () => taken[Symbol.asyncDispose](),
      ...each(taken),
    }
  },
})

/** Engines whose snapshots are wrong. */
export const snapshotMutants: readonly Mutant[] = [
  {
    name: 'a snapshot is the store itself',
    caughtBy: oneState,
    spoil: (right) => snapshots(right, () => ({ reads: right })),
  },
  {
    name: 'pages of a snapshot are of one state, and single rows of now',
    caughtBy: oneState,
    spoil: (right) =>
      snapshots(right, ({ reads }) => ({
        reads: {
          find: (table, query) => reads.find(table, query),
          get: (table, key) => right.get(table, key),
          getMany: (table, keys) => right.getMany(table, keys),
        },
      })),
  },
  {
    name: 'a snapshot has keys alone, and no other order',
    caughtBy: oneState,
    spoil: (right) =>
      snapshots(right, ({ reads }) => ({
        reads: {
          get: (table, key) => reads.get(table, key),
          getMany: (table, keys) => reads.getMany(table, keys),
          find: (table, query) => reads.find(table, { ...query, index: 'key' }),
        },
      })),
  },
  {
    name: 'a snapshot is of the last time that one was taken',
    caughtBy: 'a snapshot taken amid commits has all or nothing of each, and everything answered before it',
    spoil: (right) => {
      const first = right.snapshot?.() ?? Promise.reject(new Error('no snapshot'))
      return { snapshot: () => first }
    },
  },
  {
    name: 'a snapshot says another size than it has',
    caughtBy: itsBytes,
    spoil: (right) => snapshots(right, ({ size }) => ({ size: size + 1 })),
  },
  {
    name: 'a snapshot gives its bytes once',
    caughtBy: itsBytes,
    spoil: (right) =>
      snapshots(right, (taken) => {
        const bytes = taken.bytes()
        return { bytes: () => bytes }
      }),
  },
  {
    name: 'a snapshot is never let go of',
    caughtBy: itsBytes,
    spoil: (right) => snapshots(right, () => ({ [Symbol.asyncDispose]: async () => {} })),
  },
]
