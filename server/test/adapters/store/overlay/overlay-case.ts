import assert from 'node:assert/strict'
import { openMemoryStore } from '../../../../src/adapters/store/memory/memory-store.ts'
import type { FlushOutcome } from '../../../../src/adapters/store/overlay/flush.ts'
import {
  type OverlayOptions,
  type OverlayStore,
  openOverlayStore,
} from '../../../../src/adapters/store/overlay/overlay-store.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import type { BatchId, Change, Store } from '../../../../src/ports/store/store.ts'
import { chance, ok } from '../../../../src/ports/store/suite/harness.ts'
import { sampleSchema } from '../../../../src/ports/store/suite/sample.ts'
import { type FaultyStore, faultyStore } from '../../../kit/faulty-store.ts'

export interface OverlayCaseContext {
  /** As everybody but the transactions sees it. */
  readonly base: Store
  /** What the transactions' calls of the base meet. */
  readonly fault: FaultyStore
  /** The batches that the transactions have sent to the base, whatever came of them. */
  readonly sent: (readonly Change[])[]
  begin(options?: OverlayOptions): OverlayStore
}

export interface OverlayCase {
  readonly name: string
  check(context: OverlayCaseContext): Promise<void>
}

/** A way in which transactions could be wrong: the base that they are given, or what they answer, is spoilt. */
export interface Spoiling {
  readonly base?: (right: Store) => Partial<Store>
  readonly transaction?: (right: OverlayStore, base: Store) => Partial<OverlayStore>
}

export async function runCase({ check }: OverlayCase, spoiling: Spoiling = {}): Promise<void> {
  const base = await openMemoryStore(sampleSchema)
  const fault = faultyStore()
  const sent: (readonly Change[])[] = []
  const begin = (options?: OverlayOptions): OverlayStore => {
    const recording = over(fault.wrap(base), (right) => ({
      commit: (id, changes) => {
        sent.push(changes)
        return right.commit(id, changes)
      },
    }))
    const given = over(recording, spoiling.base)
    return over(
      openOverlayStore(given, sampleSchema, options),
      (right) => spoiling.transaction?.(right, base) ?? {},
    )
  }
  await check({ base, fault, sent, begin })
}

/** `right`, with what is spoilt in its place. */
export function over<S extends Store>(right: S, spoil: (right: S) => Partial<S> = () => ({})): S {
  const spoilt = spoil(right)
  return new Proxy(right, {
    get: (_, name) => {
      if (Object.hasOwn(spoilt, name)) return Reflect.get(spoilt, name)
      const member: unknown = Reflect.get(right, name)
      return typeof member === 'function' ? member.bind(right) : member
    },
  })
}

export const newId = (): BatchId => newBatchId(Date.now(), chance)

/** Commits under a new id, which it answers, and insists on success. */
export async function done(store: Store, ...changes: Change[]): Promise<BatchId> {
  const id = newId()
  assert.deepEqual(await store.commit(id, changes), ok)
  return id
}

/** Flushes under a new id, which it answers, and insists on success. */
export async function flushed(transaction: OverlayStore): Promise<BatchId> {
  const id = newId()
  assert.deepEqual(await transaction.flush(id), ok)
  return id
}

export async function flush(transaction: OverlayStore): Promise<FlushOutcome> {
  return await transaction.flush(newId())
}
