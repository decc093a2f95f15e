import { writeSync } from 'node:fs'

const nothing = new Int32Array(new SharedArrayBuffer(4))

/**
 * A line on the standard output, which has left the process when this returns: what a stream still buffers dies with it.
 * Since a process has started a thread, a pipe that is full refuses what it is given, where it made the writer wait before.
 */
export function sayAtOnce(line: string): void {
  for (let left = Buffer.from(`${line}\n`); left.length > 0; ) {
    try {
      left = left.subarray(writeSync(1, left))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(nothing, 0, 0, 1)
    }
  }
}
