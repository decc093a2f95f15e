import type { Value } from '../../../ports/store/table.ts'
import type { BaseType, Column } from './declared.ts'
import { fixedBytes } from './row-format.ts'

const firstBytes = 65_536

/** Rows as bytes, one behind the other: see `row-format.ts`. */
export class RowsWriter {
  #buffer = Buffer.allocUnsafe(firstBytes)
  #length = 0

  get length(): number {
    return this.#length
  }

  row(columns: readonly Column[], values: readonly Value[]): void {
    columns.forEach(({ type, nullable }, at) => {
      const value = values[at] ?? null
      if (nullable) this.#flag(value !== null)
      if (value !== null) this.#value(type, value)
    })
  }

  /** What was written since the last time. */
  take(): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(0, this.#length))
    this.#length = 0
    return taken
  }

  #flag(flag: boolean): void {
    this.#reserve(1)
    this.#length = this.#buffer.writeUInt8(flag ? 1 : 0, this.#length)
  }

  #value(type: BaseType, value: NonNullable<Value>): void {
    const fixed = fixedBytes[type]
    switch (type) {
      case 'boolean':
        this.#flag(value === true)
        return
      case 'integer':
        this.#reserve(fixed)
        this.#length = this.#buffer.writeBigInt64BE(BigInt(Number(value)), this.#length)
        return
      case 'real':
        this.#reserve(fixed)
        this.#length = this.#buffer.writeDoubleBE(Number(value), this.#length)
        return
      case 'text':
      case 'bytes': {
        const text = typeof value === 'string' ? value : undefined
        const length = text === undefined ? (value as Uint8Array).length : Buffer.byteLength(text)
        this.#reserve(fixed + length)
        this.#length = this.#buffer.writeUInt32BE(length, this.#length)
        if (text === undefined) this.#buffer.set(value as Uint8Array, this.#length)
        else this.#buffer.write(text, this.#length)
        this.#length += length
      }
    }
  }

  #reserve(more: number): void {
    const wanted = this.#length + more
    if (wanted <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.#buffer.length * 2))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}
