import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepTrackOf } from './live.ts'

export interface Folder extends AsyncDisposable {
  readonly path: string
}

/** How the folders of this process begin. */
export const folderPrefix: string = `lading-bench-${process.pid}-`

/** A fresh folder; disposal removes it. */
export async function freshFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), folderPrefix))
  const { forget } = keepTrackOf(path)
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true, maxRetries: 5 })
      forget()
    },
  }
}
