import assert from 'node:assert/strict'
import { type MemoryFiles, newMemoryFiles } from '../../../src/adapters/blobs/memory/memory-files.ts'
import { openMemoryBlobs } from '../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { openMemoryDirectory } from '../../../src/adapters/directory/memory/open-memory-directory.ts'
import { openMemoryRestore } from '../../../src/adapters/store/memory/memory-store.ts'
import { schema } from '../../../src/boot/schema.ts'
import { type BackupReport, type BackupRequest, backup } from '../../../src/core/care/backup.ts'
import { type RestoreReport, type RestoreRequest, restore } from '../../../src/core/care/restore.ts'
import { pullsCounted } from '../../../src/core/catalog/pull-counting.ts'
import { contentPlaceName } from '../../../src/core/content/require-own-content.ts'
import { indexEraName } from '../../../src/core/search/index-era.ts'
import type { Directory } from '../../../src/ports/directory/directory.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import { schemaVersion } from '../../../src/ports/store/table.ts'
import { allRows } from '../invariants.ts'
import { type TestCore, type TestCoreOptions, testCore } from '../kit.ts'
import { Scenario } from '../scenario.ts'

export const never: AbortSignal = new AbortController().signal
export const ignore = (): void => {}

/** A registry in memory whose disk a test may look into. */
export interface World {
  readonly s: Scenario
  readonly disk: MemoryFiles
}

export async function world(options: TestCoreOptions = {}): Promise<World> {
  const disk = newMemoryFiles()
  return { s: new Scenario(await testCore({ blobs: openMemoryBlobs({ files: disk }), ...options })), disk }
}

/** A backup folder in memory: what it holds, and the port to it. */
export function folder(): { files: Map<string, Uint8Array>; directory: Directory } {
  const files = new Map<string, Uint8Array>()
  return { files, directory: openMemoryDirectory(files) }
}

export function backUp(
  test: TestCore,
  to: Directory,
  more: Partial<BackupRequest> = {},
): Promise<BackupReport> {
  const request = { to, release: '1.2.3', schemaVersion: schemaVersion(schema), ...more }
  return backup(test.core, request, ignore, never)
}

export interface PutBack extends World {
  readonly report: RestoreReport
}

/** A registry of what a folder holds, as a new process would open it. */
export async function putBack(
  { s }: World,
  from: Directory,
  { disk = freshDisk(), ...more }: Partial<RestoreRequest> & { readonly disk?: MemoryFiles } = {},
): Promise<PutBack> {
  let store: Store | undefined
  const { clock, core, telemetry } = s.test
  const request: RestoreRequest = {
    from,
    store: openMemoryRestore(
      schema,
      (restored) => {
        store = restored
      },
      { now: () => clock.now() },
    ),
    openBlobs: async () => openMemoryBlobs({ files: disk }),
    schemaVersion: schemaVersion(schema),
    clock,
    random: core.random,
    telemetry,
    ...more,
  }
  const report = await restore(request, ignore, never)
  assert.ok(store !== undefined)
  const test = await testCore({
    store,
    blobs: openMemoryBlobs({ files: disk }),
    clock,
    bootId: 'boot-2',
    seed: 2,
  })
  return { s: new Scenario(test), disk, report }
}

/** The memory engine numbers its files: those of a backup have come before. */
export function freshDisk(): MemoryFiles {
  return { ...newMemoryFiles(), names: 1_000_000 }
}

/** The same directory, some of whose calls a test answers itself. */
export function overDirectory(directory: Directory, calls: Partial<Directory>): Directory {
  return {
    size: (path) => directory.size(path),
    open: (path, signal) => directory.open(path, signal),
    list: (path) => directory.list(path),
    isEmpty: () => directory.isEmpty(),
    write: (path, size, bytes, signal) => directory.write(path, size, bytes, signal),
    finish: () => directory.finish(),
    remove: (path) => directory.remove(path),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
    ...calls,
  }
}

/** Every row and entry, with revisions, but for what is of the moment and of the place: what a restored registry must have too. */
export async function lasting({ s }: World): Promise<object> {
  const { store } = s.test
  const rows: Record<string, unknown> = {}
  for (const table of schema.tables) {
    if (table.name === 'uploads' || table.name === 'holds') continue
    const all = await allRows(store, table)
    rows[table.name] = all.filter(({ state, name }) =>
      table.name === 'files'
        ? state === 'blob'
        : ![pullsCounted, contentPlaceName, indexEraName].includes(String(name)),
    )
  }
  for (const log of schema.logs) rows[log.name] = (await store.tail(log, undefined, 1000)).entries
  return rows
}
