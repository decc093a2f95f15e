import { touchedBy } from '../../../ports/store/row-hash.ts'
import type { Change } from '../../../ports/store/store.ts'
import type { CheckedBatch, CheckedChange } from '../shared/checked-batch.ts'
import type { Statement } from './statement.ts'

/** A batch and what those who follow are told of it. */
export interface Batch {
  readonly checked: CheckedBatch
  readonly touched: Buffer
  /** When it came, in ms since 1970. */
  readonly now: number
}

export function batchOf(checked: CheckedBatch, changes: readonly Change[], now: number): Batch {
  return { checked, touched: touchedBytes(touchedBy(changes)), now }
}

const hashBytes = 4

function touchedBytes(hashes: readonly number[]): Buffer {
  const bytes = Buffer.alloc(hashes.length * hashBytes)
  for (const [at, hash] of hashes.entries()) bytes.writeUInt32LE(hash, at * hashBytes)
  return bytes
}

export function touchedHashes(bytes: Uint8Array | null): number[] {
  if (bytes === null) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.byteLength / hashBytes }, (_, at) => view.getUint32(at * hashBytes, true))
}

/** Fails where the id is known: it is applied, or void. */
export function idStatement({ checked, touched, now }: Batch): Statement {
  return {
    sql: 'INSERT INTO "lading_batches" ("id", "void", "at", "touched") VALUES ($1, false, $2, $3)',
    values: [checked.id, now, touched],
  }
}

/** Takes the id for nothing, where nobody has it. Waits for a transaction under way that has it. */
export function voidStatement({ checked, now }: Batch): Statement {
  return {
    sql: 'INSERT INTO "lading_batches" ("id", "void", "at") VALUES ($1, true, $2) ON CONFLICT DO NOTHING',
    values: [checked.id, now],
  }
}

/** Of one row, once the id is taken. */
export function isVoidStatement({ checked }: Batch): Statement {
  return { sql: 'SELECT "void" FROM "lading_batches" WHERE "id" = $1', values: [checked.id] }
}

/**
 * By table and key, so that two batches that meet in several rows meet in the same order. What a row gives up in a table is
 * there for others of it, so its removes come first. Appends hold up nobody, in the order in which they were given.
 */
export function inLockOrder(changes: readonly CheckedChange[]): readonly CheckedChange[] {
  return changes.toSorted(compare)
}

function compare(one: CheckedChange, other: CheckedChange): number {
  if (one.do === 'append' || other.do === 'append') {
    if (one.do !== other.do) return one.do === 'append' ? 1 : -1
    return one.at - other.at
  }
  if (one.table !== other.table) return one.table < other.table ? -1 : 1
  if ((one.do === 'remove') !== (other.do === 'remove')) return one.do === 'remove' ? -1 : 1
  if (one.id === other.id) return 0
  return one.id < other.id ? -1 : 1
}
