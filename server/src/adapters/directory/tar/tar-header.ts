import { DirectoryError } from '../../../ports/directory/errors.ts'

/** One unit of an archive: a header, or content filled up with zeros. */
export const blockBytes = 512

export type EntryKind = 'file' | 'folder'

/** A header as it stands in the archive. `type`: its flag, of POSIX.1-2001 ("pax Interchange Format"), or GNU's. */
export interface TarHeader {
  readonly name: string
  readonly type: string
  readonly size: number
}

/** Where the fields of a ustar header are, and how long. */
const field = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 6],
  version: [263, 2],
  prefix: [345, 155],
} as const

/** Eleven octal digits. */
const largestOctal = 8 ** 11 - 1

/** undefined for a block of zeros, which ends an archive. @throws DirectoryError `permanent` */
export function readHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined
  const checksum = octal(block, field.checksum)
  if (checksum !== sumOf(block)) throw notTar('a header is damaged, or this is no tar archive')
  const name = text(block, field.name)
  // GNU's own form has other things where the prefix of ustar is.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, field.prefix) : ''
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: text(block, field.type) || '0',
    size: numberIn(block, field.size),
  }
}

/** The header of a file or a folder, behind another one with what does not fit into it. Equal entries have equal headers. */
export function writeHeader(name: string, kind: EntryKind, size: number): Buffer {
  const records = [
    ...(Buffer.byteLength(name) > field.name[1] ? [paxRecord('path', name)] : []),
    ...(size > largestOctal ? [paxRecord('size', String(size))] : []),
  ]
  const own = ustar({
    name: Buffer.from(name).subarray(0, field.name[1]).toString('latin1'),
    type: kind === 'file' ? '0' : '5',
    size: Math.min(size, largestOctal),
  })
  if (records.length === 0) return own
  const content = Buffer.concat(records)
  return Buffer.concat([
    ustar({ name: 'pax-header', type: 'x', size: content.length }),
    content,
    padding(content.length),
    own,
  ])
}

/** Zeros up to the end of a block. */
export function padding(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes)
}

/** The records of a pax header. @throws DirectoryError `permanent` */
export function readPaxRecords(content: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at)
    const length = space === -1 ? Number.NaN : digits(content.toString('latin1', at, space), 10)
    const end = at + length
    if (!(length > space - at + 1) || end > content.length || content[end - 1] !== 0x0a) {
      throw notTar('a pax header is malformed')
    }
    const record = content.toString('utf8', space + 1, end - 1)
    const equals = record.indexOf('=')
    if (equals < 1) throw notTar('a pax header is malformed')
    records.set(record.slice(0, equals), record.slice(equals + 1))
    at = end
  }
  return records
}

/** A whole number of bytes. @throws DirectoryError `permanent` */
export function sizeIn(written: string): number {
  const size = digits(written, 10)
  if (!Number.isSafeInteger(size)) throw notTar('a size is no number')
  return size
}

export function notTar(reason: string): DirectoryError {
  return new DirectoryError('permanent', `the archive cannot be read: ${reason}`)
}

function ustar({ name, type, size }: TarHeader): Buffer {
  const block = Buffer.alloc(blockBytes)
  const put = (written: string, [start, length]: readonly [number, number]): void => {
    block.write(written.slice(0, length), start, 'latin1')
  }
  const number = (value: number, [start, length]: readonly [number, number]): void =>
    put(value.toString(8).padStart(length - 1, '0'), [start, length])
  put(name, field.name)
  number(type === '5' ? 0o755 : 0o644, field.mode)
  number(0, field.uid)
  number(0, field.gid)
  number(size, field.size)
  number(0, field.mtime)
  put(type, field.type)
  put('ustar\0', field.magic)
  put('00', field.version)
  const [start] = field.checksum
  block.write(`${sumOf(block).toString(8).padStart(6, '0')}\0 `, start, 'latin1')
  return block
}

/** `length key=value\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + String(rest).length
  length = rest + String(length).length
  return Buffer.from(`${length} ${key}=${value}\n`)
}

/** Of all bytes, with blanks for the sum itself. */
function sumOf(block: Buffer): number {
  const [start, length] = field.checksum
  let sum = 0x20 * length
  for (let at = 0; at < blockBytes; at++) if (at < start || at >= start + length) sum += block[at] ?? 0
  return sum
}

function text(block: Buffer, [start, length]: readonly [number, number]): string {
  const whole = block.subarray(start, start + length)
  const end = whole.indexOf(0)
  return whole.toString('utf8', 0, end === -1 ? length : end)
}

function octal(block: Buffer, place: readonly [number, number]): number {
  return digits(text(block, place).trim() || '0', 8)
}

/** Octal digits, or, with the highest bit set, a number of 256 to the power of bytes, which GNU writes for large ones. */
function numberIn(block: Buffer, place: readonly [number, number]): number {
  const [start, length] = place
  const first = block[start] ?? 0
  let value = first & 0x7f
  if ((first & 0x80) === 0) value = octal(block, place)
  else for (let at = start + 1; at < start + length; at++) value = value * 256 + (block[at] ?? 0)
  if (!Number.isSafeInteger(value)) throw notTar('a size is no number')
  return value
}

function digits(written: string, base: 8 | 10): number {
  return (base === 8 ? /^[0-7]{1,15}$/ : /^[0-9]{1,16}$/).test(written)
    ? Number.parseInt(written, base)
    : Number.NaN
}
