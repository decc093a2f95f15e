import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Blobs } from '../../ports/blobs/blobs.ts'
import type { SearchEngine } from '../../ports/search/search.ts'
import { StoreError } from '../../ports/store/errors.ts'
import { UnavailableError } from '../errors.ts'
import { openBlobsInMemory } from './memory.ts'
import type { OpenedEngines } from './opened-engines.ts'
import type { Tools } from './tools.ts'

export interface SqliteEngineOptions {
  /** A data folder; undefined: one of its own, which goes when the engines are released. */
  readonly folder: string | undefined
  /** How long to wait for a folder that another process holds, in ms. */
  readonly timeout: number
}

/** Between two looks at a folder that somebody else holds. */
const lookAgainMs = 50

/** @throws UnavailableError: the folder cannot be opened, or stays in use */
export async function openSqliteEngines(
  tools: Tools,
  { folder, timeout }: SqliteEngineOptions,
): Promise<OpenedEngines> {
  if (folder !== undefined)
    return {
      ...(await openFolder(tools, folder, timeout, () => openBlobsBeside(tools, folder))),
      openSearch: () => openSearch(folder),
    }
  const own = await mkdtemp(join(tmpdir(), 'lading-memory-'))
  const forget = (): void => rmSync(own, { recursive: true, force: true })
  // For a process that ends without having disconnected.
  process.once('exit', forget)
  const release = async (): Promise<void> => {
    process.off('exit', forget)
    await rm(own, { recursive: true, force: true })
  }
  try {
    return { ...(await openFolder(tools, own, timeout, openBlobsInMemory)), release }
  } catch (error) {
    await release()
    throw error
  }
}

async function openFolder(
  { schema, clock }: Tools,
  folder: string,
  timeout: number,
  openBlobs: () => Promise<Blobs>,
): Promise<OpenedEngines> {
  const [{ openSqliteStore }, { isInUse }] = await Promise.all([
    import('../../adapters/store/sqlite/sqlite-store.ts'),
    import('../../adapters/store/sqlite/process-lock.ts'),
  ])
  const until = clock.monotonic() + timeout
  for (;;) {
    try {
      const store = await openSqliteStore({ folder, now: () => clock.now() }, schema)
      const blobs = await openBlobs().catch(async (error: unknown) => {
        await store.close()
        throw error
      })
      return { store, blobs }
    } catch (error) {
      const left = until - clock.monotonic()
      if (!isInUse(error) || left <= 0) throw notOpened(folder, error)
      await clock.sleep(Math.min(left, lookAgainMs))
    }
  }
}

async function openSearch(folder: string): Promise<SearchEngine> {
  const { openSqliteSearch } = await import('../../adapters/search/sqlite/open-sqlite-search.ts')
  return openSqliteSearch({ folder: join(folder, 'search') })
}

async function openBlobsBeside({ clock, random }: Tools, folder: string): Promise<Blobs> {
  const { openFolderBlobs } = await import('../../adapters/blobs/folder/open-folder-blobs.ts')
  return await openFolderBlobs({ folder: join(folder, 'blobs'), clock, random })
}

function notOpened(folder: string, cause: unknown): UnavailableError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const told = cause instanceof StoreError && cause.kind === 'permanent' ? reason : `${folder}: ${reason}`
  return new UnavailableError(`the backend cannot be opened: ${told}`, { cause })
}
