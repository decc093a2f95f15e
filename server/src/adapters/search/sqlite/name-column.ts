import { grownTo } from './grown.ts'

const lengthBytes = 2

/** For each row a short text, as bytes of UTF-8: a string each would take several times as much. */
export class NameColumn {
  #starts: Uint32Array = new Uint32Array()
  /** Of each: how many bytes, in two, then the bytes. Those that were replaced stay. */
  #pool: Uint8Array = new Uint8Array()
  #used = 0

  grow(rows: number): void {
    this.#starts = grownTo(this.#starts, rows)
  }

  put(row: number, name: Uint8Array): void {
    // Numbers change far more often than names.
    if (this.#used > 0 && this.#isAt(row, name)) return
    this.#pool = grownTo(this.#pool, this.#used + lengthBytes + name.length)
    this.#starts[row] = this.#used
    this.#pool[this.#used] = name.length & 0xff
    this.#pool[this.#used + 1] = name.length >> 8
    this.#pool.set(name, this.#used + lengthBytes)
    this.#used += lengthBytes + name.length
  }

  /** Whether the name of a row, one that was put, matches one of the globs: see `matchesGlob`. */
  matching(globs: readonly string[]): (row: number) => boolean {
    const tests = globs.map((glob) => bytesTest(glob.split('*').map((part) => Buffer.from(part))))
    return (row) => {
      const start = this.#starts[row] ?? 0
      const begin = start + lengthBytes
      const end = begin + this.#lengthAt(start)
      for (const test of tests) if (test(this.#pool, begin, end)) return true
      return false
    }
  }

  #isAt(row: number, name: Uint8Array): boolean {
    const start = this.#starts[row] ?? 0
    return this.#lengthAt(start) === name.length && isAt(this.#pool, start + lengthBytes, name)
  }

  #lengthAt(start: number): number {
    return (this.#pool[start] ?? 0) | ((this.#pool[start + 1] ?? 0) << 8)
  }
}

type BytesTest = (bytes: Uint8Array, begin: number, end: number) => boolean

/** No text of UTF-8 begins within a sign of another: bytes match where the texts do. */
function bytesTest([first, ...rest]: readonly Uint8Array[]): BytesTest {
  const last = rest.pop()
  if (first === undefined) return () => false
  if (last === undefined)
    return (bytes, begin, end) => end - begin === first.length && isAt(bytes, begin, first)
  return (bytes, begin, end) => {
    const until = end - last.length
    if (begin + first.length > until || !isAt(bytes, begin, first) || !isAt(bytes, until, last)) return false
    let at = begin + first.length
    for (const part of rest) {
      while (at + part.length <= until && !isAt(bytes, at, part)) at++
      at += part.length
      if (at > until) return false
    }
    return true
  }
}

function isAt(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  for (let place = 0; place < part.length; place++) if (bytes[at + place] !== part[place]) return false
  return true
}
