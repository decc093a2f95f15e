import fs, { readlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { DatabaseSync } from 'node:sqlite'

/**
 * Loaded into a server before anything else, and into each of its threads: a flush of what `?leave=` names is left
 * out, as a careless change of the product would. `file`, `folder`: of content. `database`: its log.
 */
const leave = new URL(import.meta.url).searchParams.get('leave')

function isLeftOut(descriptor: number): boolean {
  const path = readlinkSync(`/proc/self/fd/${descriptor}`)
  if (leave === 'file') return /\/blobs\/..\/[^/]+$/.test(path)
  return leave === 'folder' && /\/blobs\/..$/.test(path)
}

const probe = await open(import.meta.filename)
const handles = Object.getPrototypeOf(probe) as Record<'sync' | 'datasync', () => Promise<void>>
await probe.close()
for (const name of ['sync', 'datasync'] as const) {
  const real = handles[name]
  handles[name] = async function (this: { fd: number }): Promise<void> {
    if (!isLeftOut(this.fd)) await real.call(this)
  }
}

for (const name of ['fsyncSync', 'fdatasyncSync'] as const) {
  const real = fs[name]
  fs[name] = (descriptor) => {
    if (!isLeftOut(descriptor)) real(descriptor)
  }
}
for (const name of ['fsync', 'fdatasync'] as const) {
  const real = fs[name]
  const mutant = (descriptor: number, done: fs.NoParamCallback): void =>
    isLeftOut(descriptor) ? void setImmediate(done, null) : real(descriptor, done)
  Object.assign(fs, { [name]: mutant })
}
syncBuiltinESMExports()

if (leave === 'database') {
  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = function (sql: string): void {
    exec.call(this, sql.replace(/synchronous = \w+/, 'synchronous = OFF'))
  }
}
