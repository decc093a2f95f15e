import { DatabaseSync } from 'node:sqlite'
import { hookFlushes } from '../kit/hook-flushes.ts'

/**
 * Loaded into a server before anything else, and into each of its threads: a flush of what `?leave=` names is left
 * out, as a careless change of the product would. `file`, `folder`: of content. `database`: its log.
 */
const leave = new URL(import.meta.url).searchParams.get('leave')

const leftOut: Readonly<Record<string, RegExp>> = { file: /\/blobs\/..\/[^/]+$/, folder: /\/blobs\/..$/ }

await hookFlushes((path) => (leftOut[leave ?? '']?.test(path) === true ? false : () => undefined))

if (leave === 'database') {
  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = function (sql: string): void {
    exec.call(this, sql.replace(/synchronous = \w+/, 'synchronous = OFF'))
  }
}
