import type { PostgresqlStoreOptions } from '../../adapters/store/postgresql/postgresql-store.ts'
import type { Blobs } from '../../ports/blobs/blobs.ts'
import { StoreError } from '../../ports/store/errors.ts'
import { UnavailableError } from '../errors.ts'
import { NoBlobs } from './no-blobs.ts'
import type { OpenedEngines } from './opened-engines.ts'
import type { Tools } from './tools.ts'

export interface PostgresqlEngineOptions {
  readonly store: Omit<PostgresqlStoreOptions, 'now'>
  /** undefined: content that does not stand in the store is refused. */
  readonly openBlobs: (() => Promise<Blobs>) | undefined
}

/** @throws UnavailableError: the database cannot be opened */
export async function openPostgresqlEngines(
  { schema, clock }: Tools,
  { store: options, openBlobs }: PostgresqlEngineOptions,
): Promise<OpenedEngines> {
  const { openPostgresqlStore } = await import('../../adapters/store/postgresql/postgresql-store.ts')
  const store = await openPostgresqlStore({ ...options, now: () => clock.now() }, schema).catch(
    (cause: unknown) => {
      throw notOpened(cause)
    },
  )
  try {
    return { store, blobs: openBlobs === undefined ? new NoBlobs() : await openBlobs() }
  } catch (error) {
    await store.close()
    throw error
  }
}

function notOpened(cause: unknown): unknown {
  if (!(cause instanceof StoreError)) return cause
  return new UnavailableError(`the backend cannot be opened: ${cause.message}`, { cause })
}
