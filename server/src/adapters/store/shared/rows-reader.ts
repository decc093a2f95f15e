import { createHash, type Hash } from 'node:crypto'
import type { Value } from '../../../ports/store/table.ts'
import type { Column } from './declared.ts'
import { refused } from './refuse.ts'
import { digestBytes, fixedBytes, type RowsHead, rowsFormat, rowsMagic } from './row-format.ts'
import { keptValue } from './values.ts'

/** A longer text or value is in no store. */
const mostValueBytes = 64 * 1024 * 1024
const mostHeadBytes = 16 * 1024 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const damaged = (why: string): Error =>
  refused(`these are no whole records of the format ${rowsFormat}: ${why}`)

/**
 * Reads records (`row-format.ts`) in their order, and no more of them at once than a row needs. Everything throws
 * `permanent` for bytes that are not such records.
 */
export class RowsReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #hash: Hash = createHash('sha256')
  #kept: Buffer = Buffer.alloc(0)
  #at = 0

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]()
  }

  async head(): Promise<RowsHead> {
    await this.#need(rowsMagic.length + 4)
    if (this.#take(rowsMagic.length).toString('latin1') !== rowsMagic) throw damaged('they begin otherwise')
    const length = this.#take(4).readUInt32BE()
    if (length > mostHeadBytes) throw damaged('their head is too long')
    await this.#need(length)
    try {
      const head = JSON.parse(utf8.decode(this.#take(length))) as RowsHead
      if (head.format === rowsFormat && Number.isSafeInteger(head.version) && Array.isArray(head.parts))
        return head
    } catch {}
    throw damaged('their head says nothing that is known')
  }

  async row(owner: string, columns: readonly Column[]): Promise<Value[]> {
    const values: Value[] = []
    for (const column of columns) values.push(keptValue(owner, column, await this.#value(column)))
    return values
  }

  /** To be called behind the last row. */
  async end(): Promise<void> {
    this.#settle()
    const digest = this.#hash.digest()
    await this.#more(digestBytes)
    if (!this.#take(digestBytes).equals(digest)) throw damaged('they have been changed')
    if (this.#at < this.#kept.length || (await this.#chunks.next()).done !== true)
      throw damaged('more follows')
  }

  /** Lets go of where the bytes come from. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  async #value({ type, nullable }: Column): Promise<unknown> {
    if (nullable && !(await this.#flag())) return null
    if (type === 'boolean') return await this.#flag()
    const fixed = fixedBytes[type]
    if (this.#kept.length - this.#at < fixed) await this.#need(fixed)
    const start = this.#take(fixed)
    if (type === 'integer') return Number(start.readBigInt64BE())
    if (type === 'real') return start.readDoubleBE()
    const length = start.readUInt32BE()
    if (length > mostValueBytes) throw damaged('a value is longer than any')
    if (this.#kept.length - this.#at < length) await this.#need(length)
    const body = this.#take(length)
    if (type === 'bytes') return body
    try {
      return utf8.decode(body)
    } catch {
      throw damaged('a text is not UTF-8')
    }
  }

  async #flag(): Promise<boolean> {
    if (this.#kept.length === this.#at) await this.#need(1)
    const [flag] = this.#take(1)
    if (flag !== 0 && flag !== 1) throw damaged('a flag is neither 0 nor 1')
    return flag === 1
  }

  #take(length: number): Buffer {
    const taken = this.#kept.subarray(this.#at, this.#at + length)
    this.#at += length
    return taken
  }

  /** What was taken counts for the digest once it is let go of. */
  #settle(): void {
    this.#hash.update(this.#kept.subarray(0, this.#at))
    this.#kept = this.#kept.subarray(this.#at)
    this.#at = 0
  }

  async #need(length: number): Promise<void> {
    this.#settle()
    await this.#more(length)
  }

  async #more(length: number): Promise<void> {
    const parts = [this.#kept]
    let there = this.#kept.length
    while (there < length) {
      const next = await this.#chunks.next()
      if (next.done === true) throw damaged('they end too early')
      // Whoever gives the bytes may use their memory again.
      parts.push(Buffer.from(next.value))
      there += next.value.length
    }
    if (parts.length > 1) this.#kept = Buffer.concat(parts)
  }
}
