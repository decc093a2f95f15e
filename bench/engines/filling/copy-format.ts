import type { ColumnType, Value } from '../../../server/src/ports/store/table.ts'

/** How COPY's binary form begins: a signature, no flags, nothing more of a header (PostgreSQL, "COPY", "Binary Format"). */
export const copyHead: Buffer = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
/** A row of minus one column. */
export const copyEnd: Buffer = Buffer.from([0xff, 0xff])

export interface CopyColumn {
  readonly name: string
  readonly type: ColumnType
}

const noValue = -1

/** A row as COPY takes it. Throws TypeError for a value that its column cannot have. */
export function copyRow(columns: readonly CopyColumn[], row: Readonly<Record<string, Value>>): Buffer {
  const head = Buffer.alloc(2)
  head.writeInt16BE(columns.length)
  const parts: Buffer[] = [head]
  for (const { name, type } of columns) {
    const bytes = copyValue(type, row[name])
    const length = Buffer.alloc(4)
    length.writeInt32BE(bytes?.length ?? noValue)
    parts.push(length, ...(bytes === undefined ? [] : [bytes]))
  }
  return Buffer.concat(parts)
}

/** undefined: NULL. */
function copyValue(type: ColumnType, value: Value | undefined): Buffer | undefined {
  if (value === null && type.endsWith('?')) return undefined
  switch (type) {
    case 'text':
    case 'text?':
      if (typeof value === 'string') return Buffer.from(value)
      break
    case 'boolean':
    case 'boolean?':
      if (typeof value === 'boolean') return Buffer.from([value ? 1 : 0])
      break
    case 'bytes':
    case 'bytes?':
      if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      break
    case 'integer':
    case 'integer?':
      if (typeof value === 'number') return eightBytes((bytes) => bytes.writeBigInt64BE(BigInt(value)))
      break
    case 'real':
    case 'real?':
      if (typeof value === 'number') return eightBytes((bytes) => bytes.writeDoubleBE(value))
      break
  }
  throw new TypeError(`${String(value)} is no ${type}`)
}

function eightBytes(write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(8)
  write(bytes)
  return bytes
}
