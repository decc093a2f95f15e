import { createHash } from 'node:crypto'
import { StoreError } from '../../../ports/store/errors.ts'
import type { Snapshot } from '../../../ports/store/store.ts'
import { type Schema, schemaVersion } from '../../../ports/store/table.ts'
import { declared } from '../shared/declared.ts'
import { digestBytes, headBytes, headPart, rowsFormat } from '../shared/row-format.ts'
import { RowsWriter } from '../shared/rows-writer.ts'
import { type FrozenPart, type FrozenState, freeze } from './frozen-state.ts'
import { RowReads } from './row-reads.ts'
import { defaultSchemaWaits, type Reach, type SchemaWaits } from './schema-session.ts'

const chunkBytes = 262_144

/** Counting a large table takes a while. */
const waitsOfSnapshots: SchemaWaits = { ...defaultSchemaWaits, statementMs: 600_000 }

/**
 * One state of the database, read by a connection of its own until disposal; its bytes are of the format `lading-rows-1`. A
 * connection that is lost ends it: everything throws `transient` then. Throws StoreError.
 */
export async function takeSnapshot(reach: Reach, schema: Schema): Promise<Snapshot> {
  const frozen = await freeze(reach, schema, waitsOfSnapshots)
  try {
    const parts = await frozen.parts()
    const head = headBytes({
      format: rowsFormat,
      version: schemaVersion(schema),
      parts: parts.map((part) => headPart(part, part.rows)),
    })
    const size = parts.reduce((sum, { bytes }) => sum + bytes, head.length + digestBytes)
    return {
      reads: new RowReads(declared(schema), (reading) => frozen.read(reading)),
      format: rowsFormat,
      size,
      bytes: () => bytesOf(frozen, parts, { head, size }),
      [Symbol.asyncDispose]: () => frozen[Symbol.asyncDispose](),
    }
  } catch (error) {
    await frozen[Symbol.asyncDispose]()
    throw error
  }
}

async function* bytesOf(
  frozen: FrozenState,
  parts: readonly FrozenPart[],
  { head, size }: { readonly head: Buffer; readonly size: number },
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let given = 0
  const counted = (chunk: Buffer): Buffer => {
    hash.update(chunk)
    given += chunk.length
    return chunk
  }
  yield counted(head)
  const writer = new RowsWriter()
  for (const part of parts) {
    for await (const rows of frozen.rows(part)) {
      for (const row of rows) {
        writer.row(part.columns, row)
        if (writer.length >= chunkBytes) yield counted(writer.take())
      }
    }
  }
  yield counted(writer.take())
  // A reader would take what is missing for damage, and what is too much for something else.
  if (given + digestBytes !== size) {
    throw new StoreError('permanent', `the snapshot gave ${given + digestBytes} bytes, and counted ${size}`)
  }
  yield hash.digest()
}
