import { grownTo } from './grown.ts'

/** Above it are places in the pool, below it numbers themselves, plus 1. */
const inPool = 0x8000_0000

/** For each row none, one or several numbers. Most rows have one at most, which takes 4 bytes. */
export class ListColumn {
  slots: Uint32Array = new Uint32Array()
  /** Of each list: how many, then the numbers. Lists that were replaced stay. */
  pool: Uint32Array = new Uint32Array()
  #used = 0

  grow(rows: number): void {
    this.slots = grownTo(this.slots, rows)
  }

  put(row: number, count: number, next: () => number): void {
    if (count < 2) {
      this.slots[row] = count === 0 ? 0 : next() + 1
      return
    }
    this.pool = grownTo(this.pool, this.#used + count + 1)
    this.slots[row] = inPool + this.#used
    this.pool[this.#used++] = count
    for (let left = count; left > 0; left--) this.pool[this.#used++] = next()
  }

  /** The first of a row's numbers, plus 1; 0: it has none. */
  first(row: number): number {
    const slot = this.slots[row] ?? 0
    return slot < inPool ? slot : (this.pool[slot - inPool + 1] ?? 0) + 1
  }

  /** Whether a row has one of the numbers for which there is a flag. */
  hasOne(row: number, flags: Uint8Array): boolean {
    const slot = this.slots[row] ?? 0
    if (slot === 0) return false
    if (slot < inPool) return flags[slot - 1] === 1
    const begin = slot - inPool + 1
    const end = begin + (this.pool[begin - 1] ?? 0)
    for (let at = begin; at < end; at++) if (flags[this.pool[at] ?? 0] === 1) return true
    return false
  }

  /** Counts the numbers of rows. */
  count(rows: Uint32Array, counts: Uint32Array): void {
    const { slots, pool } = this
    for (const row of rows) {
      const slot = slots[row] ?? 0
      if (slot === 0) continue
      if (slot < inPool) {
        counts[slot - 1] = (counts[slot - 1] ?? 0) + 1
        continue
      }
      const begin = slot - inPool + 1
      const end = begin + (pool[begin - 1] ?? 0)
      for (let at = begin; at < end; at++) {
        const number = pool[at] ?? 0
        counts[number] = (counts[number] ?? 0) + 1
      }
    }
  }

  numbers(row: number): readonly number[] {
    const slot = this.slots[row] ?? 0
    if (slot === 0) return []
    if (slot < inPool) return [slot - 1]
    const begin = slot - inPool + 1
    return [...this.pool.subarray(begin, begin + (this.pool[begin - 1] ?? 0))]
  }
}
