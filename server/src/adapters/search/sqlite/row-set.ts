const bitsOf = 32

/** Rows, a bit for each. */
export class RowSet {
  #bits: Uint32Array

  private constructor(bits: Uint32Array) {
    this.#bits = bits
  }

  /** @param rows in their order @param room rows from 0 on that it takes without growing */
  static of(rows: readonly number[], room: number): RowSet {
    const bits = new Uint32Array(Math.ceil(Math.max(room, (rows.at(-1) ?? 0) + 1) / bitsOf))
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] ?? 0
      bits[row >>> 5] = (bits[row >>> 5] ?? 0) | (1 << (row & 31))
    }
    return new RowSet(bits)
  }

  get bytes(): number {
    return this.#bits.byteLength
  }

  has(row: number): boolean {
    return (((this.#bits[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 1
  }

  put(row: number, isIn: boolean): void {
    const at = row >>> 5
    if (at >= this.#bits.length) {
      const larger = new Uint32Array(Math.max(at + 1, 2 * this.#bits.length))
      larger.set(this.#bits)
      this.#bits = larger
    }
    const bits = this.#bits[at] ?? 0
    this.#bits[at] = isIn ? bits | (1 << (row & 31)) : bits & ~(1 << (row & 31))
  }

  and(other: RowSet): RowSet {
    const [one, two] = [this.#bits, other.#bits]
    const bits = new Uint32Array(Math.min(one.length, two.length))
    for (let at = 0; at < bits.length; at++) bits[at] = (one[at] ?? 0) & (two[at] ?? 0)
    return new RowSet(bits)
  }

  or(other: RowSet): RowSet {
    const [longer, shorter] =
      this.#bits.length < other.#bits.length ? [other.#bits, this.#bits] : [this.#bits, other.#bits]
    const bits = longer.slice()
    for (let at = 0; at < shorter.length; at++) bits[at] = (bits[at] ?? 0) | (shorter[at] ?? 0)
    return new RowSet(bits)
  }

  without(other: RowSet): RowSet {
    const bits = this.#bits.slice()
    const gone = other.#bits
    const both = Math.min(bits.length, gone.length)
    for (let at = 0; at < both; at++) bits[at] = (bits[at] ?? 0) & ~(gone[at] ?? 0)
    return new RowSet(bits)
  }

  get size(): number {
    let size = 0
    for (let at = 0; at < this.#bits.length; at++) size += bitCount(this.#bits[at] ?? 0)
    return size
  }

  /** In their order. */
  rows(): Uint32Array {
    const rows = new Uint32Array(this.size)
    let found = 0
    for (let at = 0; at < this.#bits.length; at++)
      for (let left = this.#bits[at] ?? 0; left !== 0; left &= left - 1)
        rows[found++] = (at << 5) + 31 - Math.clz32(left & -left)
    return rows
  }
}

export function bitCount(number: number): number {
  let n = number - ((number >>> 1) & 0x5555_5555)
  n = (n & 0x3333_3333) + ((n >>> 2) & 0x3333_3333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}
