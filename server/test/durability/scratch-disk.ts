import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Remains } from './recorded-disk.ts'

/** Of SQLite: shared memory of running processes. The first one that opens the database makes it anew. */
const sharedMemory = /-shm$/

/** A folder into which one state of a disk after the other is laid. */
export class ScratchDisk implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), 'lading-remains-'))
  #folders = ''

  lay({ folders, files }: Remains): void {
    const wanted = folders.toSorted().join('\n')
    // Hundreds of folders take longer than all the rest, and are nearly always the same.
    if (wanted === this.#folders) this.#removeFiles()
    else {
      rmSync(this.path, { recursive: true, force: true })
      mkdirSync(this.path)
      for (const folder of folders) mkdirSync(join(this.path, folder), { recursive: true })
      this.#folders = wanted
    }
    for (const [path, { bytes, mode }] of files) {
      if (!sharedMemory.test(path)) writeFileSync(join(this.path, path), bytes, { mode })
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }

  #removeFiles(): void {
    for (const entry of readdirSync(this.path, { recursive: true, withFileTypes: true })) {
      if (!entry.isDirectory()) rmSync(join(entry.parentPath, entry.name))
    }
  }
}
