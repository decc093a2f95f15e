import { hash } from 'node:crypto'

/**
 * A file: form, until when it is good (of the wall clock), how long its key is, a checksum of all else, key, value. What was
 * cut off, or changed, has not its checksum.
 */
const form = Buffer.from('LDC1', 'latin1')
const untilAt = 4
const keyLengthAt = 12
const sumAt = 16
const keyAt = 48

export interface DiskEntry {
  readonly until: number
  readonly value: Uint8Array
}

/** What a file takes beside its value. */
export function diskOverhead(key: string): number {
  return keyAt + 2 * key.length
}

export function writeEntry(key: string, { until, value }: DiskEntry): Buffer {
  // As it stands in memory: UTF-8 knows no lone surrogates.
  const name = Buffer.from(key, 'utf16le')
  const file = Buffer.allocUnsafe(keyAt + name.length + value.length)
  file.set(form)
  file.writeDoubleBE(until, untilAt)
  file.writeUInt32BE(name.length, keyLengthAt)
  file.set(name, keyAt)
  file.set(value, keyAt + name.length)
  file.set(checksum(file), sumAt)
  return file
}

/** undefined: it is damaged, or another key's. */
export function readEntry(key: string, file: Buffer): DiskEntry | undefined {
  if (file.length < keyAt || !file.subarray(0, form.length).equals(form)) return undefined
  if (!file.subarray(sumAt, keyAt).equals(checksum(file))) return undefined
  const valueAt = keyAt + file.readUInt32BE(keyLengthAt)
  if (file.toString('utf16le', keyAt, valueAt) !== key) return undefined
  return { until: file.readDoubleBE(untilAt), value: file.subarray(valueAt) }
}

function checksum(file: Buffer): Buffer {
  const rest = Buffer.concat([file.subarray(0, sumAt), file.subarray(keyAt)])
  return hash('sha256', rest, 'buffer')
}
