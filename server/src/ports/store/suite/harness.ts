import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import type { ContractCase } from '../../contract.ts'
import { newBatchId } from '../batch-id.ts'
import { StoreError } from '../errors.ts'
import type { BatchId, Change, Outcome, Store, StoreCapabilities } from '../store.ts'
import type { Schema } from '../table.ts'
import { sampleSchema } from './sample.ts'

/** One engine over data of its own. Disposal closes it and takes the data away. */
export interface StoreFixture extends AsyncDisposable {
  readonly store: Store
  /** Closes the store and opens the same data as a new process would. Only called where the engine is durable. */
  reopen(): Promise<Store>
  /** Opens the same data beside, as another process would; closed with the fixture. There where the engine is shared. */
  another?(): Promise<Store>
}

/** What an engine brings so that the suite can be run against it. */
export interface StoreHarness {
  readonly can: StoreCapabilities
  /** The engine's time, in milliseconds since 1970. */
  now(): number
  /** A store of this schema without a row. */
  start(schema: Schema): Promise<StoreFixture>
}

export interface StoreCaseContext {
  readonly harness: StoreHarness
  readonly store: Store
  reopen(): Promise<Store>
  /** The same data, opened by somebody else. */
  another(): Promise<Store>
  /** A batch id never given before. */
  id(): BatchId
  /** Commits under a new id, which it answers, and insists on success. */
  done(...changes: Change[]): Promise<BatchId>
  /** Commits under a new id. */
  tried(...changes: Change[]): Promise<Outcome>
}

/** A case before it knows its harness. */
export interface StoreCase {
  readonly name: string
  /** Left out where data does not outlive the store. */
  readonly durable?: boolean
  /** Left out where the engine takes none. */
  readonly snapshot?: boolean
  /** Left out where no second process may have the store open. */
  readonly shared?: boolean
  check(context: StoreCaseContext): Promise<void>
}

export const ok: Outcome = { ok: true }

export function bindCase(harness: StoreHarness, { name, check }: StoreCase): ContractCase {
  return {
    name,
    run: async () => {
      await using fixture = await harness.start(sampleSchema)
      const { store } = fixture
      const id = (): BatchId => newBatchId(harness.now(), chance)
      const tried = (...changes: Change[]): Promise<Outcome> => store.commit(id(), changes)
      const done = async (...changes: Change[]): Promise<BatchId> => {
        const batch = id()
        assert.deepEqual(await store.commit(batch, changes), ok)
        return batch
      }
      const another = async (): Promise<Store> => {
        assert.ok(fixture.another !== undefined, 'the engine is shared, and its harness opens it once only')
        return await fixture.another()
      }
      await check({ harness, store, reopen: () => fixture.reopen(), another, id, tried, done })
    },
  }
}

export const chance = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))

/** The call is refused as an error that trying again does not mend. */
export async function refusedForGood(what: string, call: () => Promise<unknown>): Promise<void> {
  const error = await call().then(
    (answer) => assert.fail(`${what}: answered ${JSON.stringify(answer)} and should be refused`),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof StoreError, `${what}: ${error}`)
  assert.equal(error.kind, 'permanent', `${what}: ${error}`)
}

/** Runs `each` this many times, all at once. */
export function atOnce<T>(times: number, each: (n: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, n) => each(n)))
}

const readsBetweenTurns = 16

/**
 * For a reader that goes round until others have written. Now and then it lets the event loop turn, without which an engine
 * that reads from memory and writes to a disk never comes to write.
 */
export function pacer(): () => Promise<void> {
  let reads = 0
  return async () => {
    if (++reads % readsBetweenTurns === 0) await setImmediate()
  }
}
