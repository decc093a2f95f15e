import { parentPort, workerData } from 'node:worker_threads'
import type { StoreErrorKind } from '../../../ports/store/errors.ts'
import { openForReading, storeErrorOf } from './connection.ts'
import { syncPath } from './migrate.ts'
import { makeOwnFile } from './own-file.ts'

export type SnapshotAnswer = 'done' | { readonly error: StoreErrorKind; readonly message: string }

/** `VACUUM INTO` reads one state to its end; the online backup call begins anew with each write, and may never end. */
function copyInto(file: string, copy: string): SnapshotAnswer {
  try {
    makeOwnFile(copy)
    const db = openForReading(file)
    try {
      db.prepare('VACUUM INTO ?').run(copy)
    } finally {
      db.close()
    }
    syncPath(copy)
    return 'done'
  } catch (error) {
    const { kind, message } = storeErrorOf(error)
    return { error: kind, message }
  }
}

const { file, copy } = workerData as { file: string; copy: string }
parentPort?.postMessage(copyInto(file, copy))
