import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Written at a time. */
const slice = 1_048_576

/**
 * Space that is held back for the records: a file of so many bytes, given up when the disk is full, so that what frees
 * space can still be committed. It is made again once there is twice as much room as it takes.
 */
export class Reserve {
  readonly #file: string
  readonly #folder: string
  readonly #bytes: number

  /** `bytes`: 0 holds nothing back. */
  constructor(folder: string, bytes: number) {
    this.#folder = folder
    this.#file = reserveFile(folder)
    this.#bytes = bytes
  }

  /** True: there was something to give up, and a write may find room now. */
  giveUp(): boolean {
    if (sizeOf(this.#file) === 0) return false
    try {
      rmSync(this.#file)
      return true
    } catch {
      return false
    }
  }

  /** Makes what is missing of it, if there is room. Says nothing of a failure: the next idle moment tries again. */
  fill(): void {
    try {
      const missing = this.#bytes - sizeOf(this.#file)
      if (missing <= 0 || freeBytes(this.#folder) < missing + this.#bytes) return
      this.#write(missing)
    } catch {
      // The disk is no better than it was.
    }
  }

  /** Of chance, which no file system makes smaller. */
  #write(missing: number): void {
    // Loaded here: it is a third of what a thread takes to start, and most that start hold nothing back.
    const { randomFillSync } = process.getBuiltinModule('node:crypto')
    const chance = randomFillSync(new Uint8Array(Math.min(slice, missing)))
    const handle = openSync(this.#file, 'a', 0o600)
    try {
      for (let left = missing; left > 0; ) left -= writeSync(handle, chance, 0, Math.min(left, chance.length))
    } finally {
      closeSync(handle)
    }
  }
}

export function reserveFile(folder: string): string {
  return join(folder, 'reserve')
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
