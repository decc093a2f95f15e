import { join } from 'node:path'
import { openFolderBlobs } from '../../../server/src/adapters/blobs/folder/open-folder-blobs.ts'
import { openMemoryCache } from '../../../server/src/adapters/cache/memory/open-memory-cache.ts'
import { systemClock as clock } from '../../../server/src/adapters/clock/system/system-clock.ts'
import {
  defaultStoreJournalOptions,
  StoreJournal,
} from '../../../server/src/adapters/journal/store/store-journal.ts'
import { cryptoRandom as random } from '../../../server/src/adapters/random/crypto/crypto-random.ts'
import { openSqliteStore } from '../../../server/src/adapters/store/sqlite/sqlite-store.ts'
import { MemoryTelemetry } from '../../../server/src/adapters/telemetry/memory/memory-telemetry.ts'
import { type Composed, compose } from '../../../server/src/boot/compose.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import type { AccessRules } from '../../../server/src/core/access/configured-rights.ts'
import { defaultLimits } from '../../../server/src/core/ledger/limits.ts'
import { jobHandlers, schedules, swiftJobs } from '../../../server/src/jobs/handlers.ts'
import { plant } from '../../../server/src/jobs/schedule.ts'

const hour = 3_600_000
const intervals = {
  cleanupInterval: hour,
  collectInterval: hour,
  sweepInterval: hour,
  retentionInterval: hour,
  compareInterval: hour,
}

export interface OpenedRegistry extends AsyncDisposable {
  readonly composed: Composed
}

/** As a server opens it, without doors; the jobs run. `access`: as the configuration has it. */
export async function openRegistry(
  folder: string,
  audited: boolean,
  access: AccessRules = { read: 'anyone', write: 'anyone' },
): Promise<OpenedRegistry> {
  const store = await openSqliteStore({ folder }, schema)
  const blobs = await openFolderBlobs({ folder: join(folder, 'blobs'), clock, random })
  const telemetry = new MemoryTelemetry()
  const bootId = random.uuid()
  const isDead = (other: string): boolean => other !== bootId
  const journal = new StoreJournal(
    { store, clock, random, telemetry, bootId, isDead },
    { ...defaultStoreJournalOptions, swift: swiftJobs },
  )
  const composed = await compose(
    {
      ...{ store, blobs, cache: openMemoryCache({ maxBytes: 67_108_864 }), clock, random },
      ...{ identity: { verify: async () => undefined }, telemetry, journal, bootId, isDead },
    },
    {
      access,
      ...{ immutableTags: new Map(), quotas: new Map(), retentions: new Map() },
      limits: defaultLimits,
      audit: { record: audited },
    },
  )
  const scheduled = schedules(composed, intervals)
  await plant(composed.core, journal, scheduled)
  journal.start(jobHandlers(composed, scheduled))
  return {
    composed,
    async [Symbol.asyncDispose]() {
      await journal.stop()
      await composed.pulls.close()
      await composed.refusals.close()
      await blobs.close()
      await store.close()
    },
  }
}
