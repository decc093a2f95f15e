import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

const pointer = 'current'
const folderMode = 0o700
const fileMode = 0o600
const indexName = /^index-[0-9a-f-]{36}\.db$/
const ownName = /^(?:index-[0-9a-f-]{36}\.db(?:-wal|-shm|-journal)?|current\.next)$/

/** Where indexes lie: one that counts, named in a file that is replaced at once, and others that are being built. */
export class SearchFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
    mkdirSync(path, { recursive: true, mode: folderMode })
  }

  /** The file of the index that counts; undefined: there is none. */
  current(): string | undefined {
    const name = this.#named()
    return name !== undefined && readdirSync(this.path).includes(name) ? join(this.path, name) : undefined
  }

  /** From now on it counts, also after the power is lost. Its bytes have to be on the disk. */
  point(file: string): void {
    const next = join(this.path, `${pointer}.next`)
    writeFileSync(next, file.slice(this.path.length + 1), { mode: fileMode, flush: true })
    renameSync(next, join(this.path, pointer))
    syncFolder(this.path)
  }

  /** No index counts. */
  forget(): void {
    rmSync(join(this.path, pointer), { force: true })
    syncFolder(this.path)
  }

  /** Removes what is of no index that counts or is being built. What is not of an index stays. */
  tidy(building: readonly string[]): void {
    const kept = [this.#named(), ...building.map((file) => file.slice(this.path.length + 1))]
    for (const name of readdirSync(this.path)) {
      const isKept = kept.some((one) => one !== undefined && name.startsWith(one))
      if (ownName.test(name) && !isKept) rmSync(join(this.path, name), { force: true })
    }
  }

  #named(): string | undefined {
    try {
      const name = readFileSync(join(this.path, pointer), 'utf8')
      return indexName.test(name) ? name : undefined
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }
}

export function removeIndex(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${end}`, { force: true })
}

export function syncFile(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Not every system flushes a folder; those that do not, keep its names in order. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
