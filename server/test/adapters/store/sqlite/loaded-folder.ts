import assert from 'node:assert/strict'
import { inspectFolder } from '../../../../src/adapters/store/sqlite/inspect-folder.ts'
import { inspectSchema } from '../../../../src/adapters/store/sqlite/inspect-schema.ts'
import type { Store } from '../../../../src/ports/store/store.ts'
import { happenings, items, sampleSchema } from '../../../../src/ports/store/suite/sample.ts'

/** How many rows of the sample a store has. */
export async function numbers(store: Store): Promise<{ items: number; happenings: number }> {
  const { entries } = await store.tail(happenings, undefined, 1000)
  return { items: await store.count(items, { index: 'bySize', upTo: 100_000 }), happenings: entries.length }
}

/** Nothing is wrong with the folder, and every order is there. */
export function looksWhole(folder: string): void {
  assert.deepEqual(inspectFolder(folder), { version: 1, faults: [] })
  assert.deepEqual(inspectSchema(folder, sampleSchema).differences, [])
}
