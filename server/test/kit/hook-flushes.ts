import fs, { readlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

/** Asked before a file or folder is flushed. Answers what to do when the flush is over; false: it is left out. */
export type BeforeFlush = (path: string) => (() => void) | false

/**
 * Stands in front of every flush that this thread asks node for, SQLite's own aside. For modules that are loaded before
 * the program.
 */
export async function hookFlushes(before: BeforeFlush): Promise<void> {
  const handles = await handlePrototype()
  for (const name of ['sync', 'datasync'] as const) {
    const real = handles[name]
    handles[name] = async function (this: { fd: number }): Promise<void> {
      const over = before(pathOf(this.fd))
      if (over !== false) await real.call(this).finally(over)
    }
  }
  for (const name of ['fsyncSync', 'fdatasyncSync'] as const) {
    const real = fs[name]
    fs[name] = (descriptor) => {
      const over = before(pathOf(descriptor))
      if (over === false) return
      real(descriptor)
      over()
    }
  }
  for (const name of ['fsync', 'fdatasync'] as const) {
    const real = fs[name]
    const hooked = (descriptor: number, done: fs.NoParamCallback): void => {
      const over = before(pathOf(descriptor))
      if (over === false) setImmediate(done, null)
      else {
        real(descriptor, (error) => {
          over()
          done(error)
        })
      }
    }
    Object.assign(fs, { [name]: hooked })
  }
  syncBuiltinESMExports()
}

type Handles = Record<'sync' | 'datasync', () => Promise<void>> & {
  write: (...args: unknown[]) => Promise<unknown>
}

/** Where every `FileHandle` has its methods from. */
export async function handlePrototype(): Promise<Handles> {
  const probe = await open(import.meta.filename)
  await probe.close()
  return Object.getPrototypeOf(probe) as Handles
}

export function pathOf(descriptor: number): string {
  return readlinkSync(`/proc/self/fd/${descriptor}`)
}
