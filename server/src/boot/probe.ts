import { secrets } from '../core/content/tables.ts'
import type { Core } from '../core/ledger/core.ts'
import type { JobCounts, Journal } from '../ports/journal/journal.ts'
import type { Readiness } from './registry.ts'

/** Whether the parts answer: a read of the store, a look at the blobs, the journal's counts. */
export async function probe(core: Core, journal: Journal): Promise<Readiness> {
  const none: JobCounts = { ready: 0, running: 0, dead: 0 }
  const [store, blobs, jobs] = await Promise.all([
    attempt(async () => void (await core.store.get(secrets, ['upload-ids']))),
    attempt(async () => void (await core.blobs.length(core.blobs.name()))),
    attempt(() => journal.counts()),
  ])
  const parts = { store: store.said, blobs: blobs.said, journal: jobs.said }
  return { ready: Object.values(parts).every((said) => said === 'ok'), parts, jobs: jobs.value ?? none }
}

async function attempt<T>(look: () => Promise<T>): Promise<{ said: string; value?: T }> {
  try {
    return { said: 'ok', value: await look() }
  } catch (error) {
    return { said: error instanceof Error ? error.message : String(error) }
  }
}
