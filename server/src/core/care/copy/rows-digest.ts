import { createHash, type Hash } from 'node:crypto'
import type { Digest } from '../../../domain/digest.ts'
import type { Row, Value } from '../../../ports/store/table.ts'

/** A digest over rows in their order, the same whatever engine they come from. */
export class RowsDigest {
  readonly #columns: readonly string[]
  readonly #hash: Hash = createHash('sha256')
  count = 0

  /** `columns`: the ones that count, in an order that does not depend on the engine. */
  constructor(columns: readonly string[]) {
    this.#columns = columns
  }

  add(row: Row): void {
    this.count++
    this.#hash.update(JSON.stringify(this.#columns.map((column) => shown(row[column]))))
  }

  /** Of the rows so far. */
  digest(): Digest {
    return `sha256:${this.#hash.copy().digest('hex')}` as Digest
  }
}

/** No bytes look like a text. */
function shown(value: Value): unknown {
  return value instanceof Uint8Array ? [Buffer.from(value).toString('base64')] : value
}
