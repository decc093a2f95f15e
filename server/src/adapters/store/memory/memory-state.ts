import { deserialize, serialize } from 'node:v8'
import type { Row } from '../../../ports/store/table.ts'
import type { KeptRow } from '../shared/kept-row.ts'
import { refused } from '../shared/refuse.ts'

/** All rows of all tables and logs, by name. */
export interface MemoryState {
  readonly tables: readonly (readonly [string, readonly KeptRow[]])[]
  readonly logs: readonly (readonly [string, readonly Row[]])[]
}

export const memoryFormat = 'memory'

export function stateBytes(state: MemoryState): Uint8Array {
  return serialize(state)
}

/** @throws StoreError `permanent` */
export async function readState(bytes: AsyncIterable<Uint8Array>): Promise<MemoryState> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(Uint8Array.from(chunk))
  try {
    return deserialize(Buffer.concat(chunks)) as MemoryState
  } catch (error) {
    throw refused(`these are no records of this engine: ${error instanceof Error ? error.message : error}`)
  }
}
