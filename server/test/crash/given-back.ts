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
import { files, uploads } from '../../src/core/content/tables.ts'
import { collect } from '../../src/core/gc/collect.ts'
import { emptyTrash } from '../../src/core/gc/empty-trash.ts'
import { expireUploads } from '../../src/core/gc/expire-uploads.ts'
import { sweep } from '../../src/core/gc/sweep.ts'
import { defaultLimits } from '../../src/core/ledger/limits.ts'
import { jobHandlers } from '../../src/jobs/handlers.ts'
import { allFiles, allRows, checkInvariants } from '../core/invariants.ts'
import { graceMs, trashMs, uploadLifetimeMs } from './server.ts'

/** Longer than anything waits: uploads end, nothing that is unnamed is young, the trash is due. */
export const longWhileMs: number = uploadLifetimeMs + graceMs + trashMs + 60_000

export interface GivenBack {
  readonly uploads: number
  readonly holdings: number
  /** Files that no row knew. */
  readonly strays: number
  readonly files: number
  readonly bytes: number
  readonly wrong: readonly string[]
}

/**
 * Lets a long while pass for a data folder that no server runs on: all that died on the way must go then, and what
 * stays must agree with itself. `ahead`: ms by which its clock is ahead.
 */
export async function letTimePass(folder: string, ahead: number): Promise<GivenBack> {
  let later = ahead + longWhileMs
  const clock = { ...systemClock, now: () => Date.now() + later }
  const store = await openSqliteStore({ folder, now: () => clock.now() }, schema)
  const blobs = await openFolderBlobs({ folder: join(folder, 'blobs'), clock, random: cryptoRandom })
  try {
    const ports = {
      store,
      blobs,
      clock,
      random: cryptoRandom,
      telemetry: new MemoryTelemetry(),
      bootId: 'after',
    }
    const isDead = (boot: string): boolean => boot !== ports.bootId
    const journal = new StoreJournal({ ...ports, isDead }, defaultStoreJournalOptions)
    const engines = { ...ports, journal, isDead, cache: openMemoryCache({ maxBytes: 1 }) }
    const rules = {
      access: { read: 'anyone', write: 'anyone' } as const,
      immutableTags: new Map(),
      limits: { ...defaultLimits, graceTime: graceMs, trashDelay: trashMs, uploadLifetime: uploadLifetimeMs },
    }
    const composed = await compose({ ...engines, identity: openConfigUsers({ users: [] }) }, rules)
    const before = await allFiles({ blobs })
    const gone = await clean(composed, () => {
      later += longWhileMs
    })
    const after = await allFiles({ blobs })
    const bytes = sum(before) - sum(after)
    return { ...gone, bytes, wrong: await findLeft(composed) }
  } finally {
    await blobs.close()
    await store.close()
  }
}

async function clean(composed: Composed, wait: () => void): Promise<Omit<GivenBack, 'bytes' | 'wrong'>> {
  const { core, journal } = composed
  const { signal } = new AbortController()
  await journal.drain(jobHandlers(composed, []))
  const expired = await expireUploads(core, signal)
  wait()
  const { holdings } = await collect(core, signal)
  const strays = await sweep(core, signal)
  wait()
  return { uploads: expired, holdings, strays, files: await emptyTrash(core, signal) }
}

async function findLeft({ core }: Composed): Promise<string[]> {
  const wrong: string[] = []
  const left = await allRows(core.store as Parameters<typeof allRows>[0], uploads)
  if (left.length > 0) wrong.push(`${left.length} uploads are left`)
  const rows = await allRows(core.store as Parameters<typeof allRows>[0], files)
  const known = rows.map(({ file, state }) => `${file} ${state}`).sort()
  const stored = [...(await allFiles(core)).keys()].map((file) => `${file} blob`).sort()
  if (known.join() !== stored.join()) {
    wrong.push(`the rows know ${known.join(', ')}; on the disk are ${stored.join(', ')}`)
  }
  await checkInvariants(core).catch((error: unknown) => wrong.push(String(error)))
  return wrong
}

const sum = (lengths: ReadonlyMap<string, number>): number =>
  [...lengths.values()].reduce((all, one) => all + one, 0)
