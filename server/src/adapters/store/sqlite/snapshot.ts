import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, readdirSync, rmSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StoreError } from '../../../ports/store/errors.ts'
import type { Snapshot, Store } from '../../../ports/store/store.ts'
import { QueueRoom } from './queue-room.ts'
import { Readers } from './readers.ts'
import type { SnapshotAnswer } from './snapshot-thread.ts'
import { startThread } from './start-thread.ts'
import type { Shared } from './store-link.ts'
import { Writer } from './writer.ts'

export const sqliteFormat = 'sqlite'

const prefix = 'lading-snapshot-'
const chunkBytes = 262_144

/** A copy of the database beside it, which `open` opens as a store that is only read. Throws StoreError. */
export async function takeSnapshot(
  file: string,
  open: (shared: Shared, release: () => void) => Store,
): Promise<Snapshot> {
  const copy = join(dirname(file), `${prefix}${randomUUID()}.db`)
  const release = (): void => removeSnapshot(copy)
  try {
    await requireRoom(file)
    await copyDatabase(file, copy)
    const size = statSync(copy).size
    const reads = open(readOnly(copy), release)
    return {
      reads,
      format: sqliteFormat,
      size,
      bytes: () => createReadStream(copy, { highWaterMark: chunkBytes, end: size - 1 }),
      [Symbol.asyncDispose]: () => reads.close(),
    }
  } catch (error) {
    release()
    throw error
  }
}

/** What a process that ended in between has left. To be called under the folder's lock. */
export function removeSnapshots(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith(prefix)) rmSync(join(folder, name))
}

function removeSnapshot(copy: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${copy}${suffix}`, { force: true })
}

/** Better refused at once than with a disk that is full for everybody. */
async function requireRoom(file: string): Promise<void> {
  const wanted = statSync(file).size + (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0)
  const { bavail, bsize } = await statfs(dirname(file))
  if (bavail * bsize > wanted) return
  throw new StoreError('full', `a copy of the database beside it needs ${wanted} bytes`)
}

/** In a thread of its own, since it takes as long as reading and writing all of it does. */
async function copyDatabase(file: string, copy: string): Promise<void> {
  const thread = startThread('snapshot-thread', { file, copy })
  const [answer] = (await once(thread, 'message').catch((cause: unknown) => {
    throw new StoreError('transient', 'the thread that copied the database was lost', { cause })
  })) as [SnapshotAnswer]
  await thread.terminate()
  if (answer !== 'done') throw new StoreError(answer.error, answer.message)
}

function readOnly(file: string): Shared {
  const room = new QueueRoom()
  const writer = new Writer(() => {
    throw new StoreError('permanent', 'a snapshot is not written to')
  }, room)
  return { file, room, readers: Readers.start(file, 1), writer, reserveBytes: 0 }
}
