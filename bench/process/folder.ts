import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepTrackOf } from './live.ts'

export interface Folder extends AsyncDisposable {
  readonly path: string
}

/** A fresh folder; disposal removes it. */
export async function freshFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'lading-bench-'))
  const { forget } = keepTrackOf(path)
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true, maxRetries: 5 })
      forget()
    },
  }
}
