import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from 'mongodb'
import { StoreError } from '../../../ports/store/errors.ts'
import { serverTime } from '../../shared/mongodb-connect.ts'
import { isDuplicate } from '../../shared/mongodb-store-error-of.ts'
import { alive, type Collections } from './collections.ts'
import type { MongodbWaits } from './options.ts'

export interface LockParts {
  readonly db: Db
  readonly collections: Collections
  readonly waits: MongodbWaits
}

/** One at a time changes tables. */
export interface MigrationLock extends AsyncDisposable {
  readonly holder: string
  /** Throws `transient` where the lock may have passed to somebody else. */
  refuseLost(): void
}

const lockId = 'lock'
/** Beside the entries of processes at work: version 0 is none of theirs. */
const noVersion = 0
const lookAgainMs = 50

/** Waits while a living process holds it. Throws `transient` where that takes longer than `waits.migration`. */
export async function takeMigrationLock(parts: LockParts): Promise<MigrationLock> {
  const { collections, waits } = parts
  const holder = randomUUID()
  const who = `process ${process.pid} on ${hostname()}`
  const end = performance.now() + waits.migration
  for (;;) {
    const sent = performance.now()
    if (await tryTake(collections, `${holder} ${who}`)) return held(parts, `${holder} ${who}`, sent)
    await removeDead(parts)
    if (performance.now() > end) {
      const found = await collections.processes.findOne({ _id: lockId })
      const other = found?.who.split(' ').slice(1).join(' ') ?? 'another process'
      throw new StoreError(
        'transient',
        `${other} changes the tables, and has not ended in ${waits.migration} ms`,
      )
    }
    await pause(lookAgainMs)
  }
}

async function tryTake({ processes }: Collections, who: string): Promise<boolean> {
  try {
    await processes.insertOne({ _id: lockId, version: noVersion, who })
    await processes.updateOne({ _id: lockId, who }, alive)
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

/** The lock of one that has given no sign of life, and only if it still has given none. */
async function removeDead({ db, collections: { processes }, waits }: LockParts): Promise<void> {
  const found = await processes.findOne({ _id: lockId })
  if (found === null) return
  if (found.beat === undefined || found.beats === undefined) {
    // Taken and cut off before the first sign of life, of which this is one.
    await processes.updateOne({ _id: lockId, who: found.who }, alive)
    return
  }
  if ((await serverTime(db)) - found.beat.getTime() > waits.dead)
    await processes.deleteOne({ _id: lockId, who: found.who, beats: found.beats })
}

function held({ collections: { processes }, waits }: LockParts, who: string, taken: number): MigrationLock {
  let seen = taken
  const timer = setInterval(() => {
    const sent = performance.now()
    processes.updateOne({ _id: lockId, who }, alive).then(
      ({ matchedCount }) => {
        seen = matchedCount === 1 ? sent : Number.NEGATIVE_INFINITY
      },
      // `refuseLost` says so once it has gone on for too long.
      () => undefined,
    )
  }, waits.beat)
  return {
    holder: who,
    refuseLost: () => {
      if (performance.now() - seen > waits.fresh)
        throw new StoreError('transient', 'the right to change the tables was lost on the way: start again')
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      await processes.deleteOne({ _id: lockId, who })
    },
  }
}
