import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { BackendOptions } from './backend-options.ts'
import { EngineBackend } from './engine-backend.ts'
import { openSqliteEngines } from './engines/sqlite.ts'
import { outcomeOf } from './outcome-of.ts'
import { invalid, membersOf } from './read/given.ts'

export interface SQLiteBackendOptions extends BackendOptions {
  /**
   * The data folder, or the file `lading.db` in it; made where it is not there. It is the data folder of the server too, so
   * that one can be started on it. `:memory:`: nothing is kept once it is disconnected; until then records are in a folder
   * of its own among the temporary ones, and large sources in memory.
   */
  readonly filename: string
  /** Nothing but true can be asked for: what is acknowledged rests on the write-ahead log. */
  readonly wal?: boolean
  /** How long `connect` waits for a data folder that another process holds, in ms; 5,000 where nothing is said. */
  readonly timeout?: number
}

const ownOptions = ['filename', 'wal', 'timeout'] as const
const usualTimeout = 5_000
/** The database in a data folder. */
const database = 'lading.db'

/** Artifacts in SQLite, with large sources in files beside it. One process at a time. */
export class SQLiteBackend extends EngineBackend {
  constructor(options: SQLiteBackendOptions) {
    const own = outcomeOf(() => membersOf(options, { field: '', as: 'options', passed: 'any' }, ownOptions))
    super(
      async (tools) => {
        const { filename, wal, timeout = usualTimeout } = own()
        if (wal !== undefined && wal !== true)
          throw invalid(
            'wal',
            'without the write-ahead log nothing would be kept safely: leave it out, or say true',
          )
        if (typeof timeout !== 'number' || !Number.isSafeInteger(timeout) || timeout < 0)
          throw invalid('timeout', 'it is no whole number of ms')
        return await openSqliteEngines(tools, { folder: await folderOf(filename), timeout })
      },
      options,
      ownOptions,
    )
  }
}

/** undefined: in memory. @throws ValidationError */
async function folderOf(filename: unknown): Promise<string | undefined> {
  if (typeof filename !== 'string' || filename === '' || filename.includes('\0'))
    throw invalid('filename', 'it is no path of a data folder; for none there is :memory:')
  if (filename === ':memory:') return undefined
  const found = await stat(filename).catch(() => undefined)
  if (found?.isDirectory()) return filename
  if (basename(filename) === database) return dirname(filename)
  if (found === undefined) return filename
  throw invalid(
    'filename',
    `${filename} is a file, and a registry is a folder with ${database} and more in it: name a folder, or ${database} in one`,
  )
}
