import type { FileName } from '../../../ports/blobs/blobs.ts'

export interface MemoryFile {
  readonly chunks: Uint8Array[]
  length: number
  sealed: boolean
}

/** What stays when the engine over it is closed: the disk of the memory engine. */
export interface MemoryFiles {
  readonly byName: Map<FileName, MemoryFile>
  /** Names given so far. */
  names: number
  owner: string | undefined
}

export function newMemoryFiles(): MemoryFiles {
  return { byName: new Map(), names: 0, owner: undefined }
}

/** Changes one stored byte, as a failing disk would. False: the file has no such byte. */
export function flipByte(files: MemoryFiles, name: FileName, at: number): boolean {
  let start = 0
  for (const chunk of files.byName.get(name)?.chunks ?? []) {
    const old = chunk[at - start]
    if (old !== undefined) {
      chunk[at - start] = old ^ 0xff
      return true
    }
    start += chunk.length
  }
  return false
}
