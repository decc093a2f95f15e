import { join } from 'node:path'
import { openFolderBlobs } from '../../src/adapters/blobs/folder/open-folder-blobs.ts'
import { openMemoryCache } from '../../src/adapters/cache/memory/open-memory-cache.ts'
import { systemClock } from '../../src/adapters/clock/system/system-clock.ts'
import { openConfigUsers } from '../../src/adapters/identity/config-users/open-config-users.ts'
import { defaultStoreJournalOptions, StoreJournal } from '../../src/adapters/journal/store/store-journal.ts'
import { cryptoRandom } from '../../src/adapters/random/crypto/crypto-random.ts'
import { openSqliteStore } from '../../src/adapters/store/sqlite/sqlite-store.ts'
import { MemoryTelemetry } from '../../src/adapters/telemetry/memory/memory-telemetry.ts'
import { type Composed, compose } from '../../src/boot/compose.ts'
import { schema } from '../../src/boot/schema.ts'
import { defaultLimits, type Limits } from '../../src/core/ledger/limits.ts'
import type { Blobs } from '../../src/ports/blobs/blobs.ts'
import type { Clock } from '../../src/ports/clock/clock.ts'
import type { Store } from '../../src/ports/store/store.ts'

export interface OpenedFolder extends Composed, AsyncDisposable {}

/** The registry of a data folder that no server runs on: opened as a server would, without doors, and no job runs. */
export async function openDataFolder(
  folder: string,
  now: () => number,
  limits: Partial<Limits> = {},
): Promise<OpenedFolder> {
  const clock = { ...systemClock, now }
  const store = await openSqliteStore({ folder, now, readers: 1 }, schema)
  const blobs = await openFolderBlobs({ folder: join(folder, 'blobs'), clock, random: cryptoRandom }).catch(
    async (error: unknown) => {
      await store.close()
      throw error
    },
  )
  return await composeAfterwards({ store, blobs, clock, limits })
}

export interface Afterwards {
  readonly store: Store
  readonly blobs: Blobs
  readonly clock: Clock
  readonly limits?: Partial<Limits>
}

/** On opened engines of which no process is left; they are closed with it. */
export async function composeAfterwards({
  store,
  blobs,
  clock,
  limits = {},
}: Afterwards): Promise<OpenedFolder> {
  const close = async (): Promise<void> => {
    await blobs.close()
    await store.close()
  }
  const ports = {
    store,
    blobs,
    clock,
    random: cryptoRandom,
    telemetry: new MemoryTelemetry(),
    bootId: 'afterwards',
    isDead: (boot: string): boolean => boot !== 'afterwards',
  }
  const journal = new StoreJournal(ports, defaultStoreJournalOptions)
  const engines = {
    ...ports,
    journal,
    cache: openMemoryCache({ maxBytes: 1 }),
    identity: openConfigUsers({ users: [] }),
  }
  const rules = {
    access: { read: 'anyone', write: 'anyone' } as const,
    immutableTags: new Map(),
    quotas: new Map(),
    retentions: new Map(),
    limits: { ...defaultLimits, ...limits },
  }
  try {
    return { ...(await compose(engines, rules)), [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}
