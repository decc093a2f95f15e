import assert from 'node:assert/strict'
import { type MemoryFiles, newMemoryFiles } from '../../../../src/adapters/blobs/memory/memory-files.ts'
import { openMemoryBlobs } from '../../../../src/adapters/blobs/memory/open-memory-blobs.ts'
import { openMemoryStore } from '../../../../src/adapters/store/memory/memory-store.ts'
import { schema } from '../../../../src/boot/schema.ts'
import {
  type CopyReport,
  type CopyRequest,
  copyRegistry,
} from '../../../../src/core/care/copy/copy-registry.ts'
import type { CopyTarget } from '../../../../src/core/care/copy/copy-target.ts'
import { asCopied } from '../../../../src/core/care/copy/what-is-copied.ts'
import { files } from '../../../../src/core/content/tables.ts'
import { type Digest, digestAlgorithm } from '../../../../src/domain/digest.ts'
import { digestOfStream } from '../../../../src/domain/digest-of.ts'
import type { Blobs, FileName } from '../../../../src/ports/blobs/blobs.ts'
import type { Store } from '../../../../src/ports/store/store.ts'
import type { Row } from '../../../../src/ports/store/table.ts'
import { allRows } from '../../invariants.ts'
import { type TestCore, testCore } from '../../kit.ts'
import { app, chunks, type Piece, Scenario } from '../../scenario.ts'

export const never: AbortSignal = new AbortController().signal
export const ignore = (): void => {}

/** A place in memory that a test may look into, and that stays when a copy lets go of it. */
export interface Place {
  readonly store: Store
  readonly disk: MemoryFiles
  readonly blobs: Blobs
}

export async function emptyPlace(test: TestCore): Promise<Place> {
  const disk = newMemoryFiles()
  const store = await openMemoryStore(schema, { now: () => test.clock.now() })
  return { store, disk, blobs: openMemoryBlobs({ files: disk }) }
}

export function targetOf({ store, blobs }: Pick<Place, 'store' | 'blobs'>): CopyTarget {
  return { store, blobs, schema, [Symbol.asyncDispose]: async () => {} }
}

export function copyTo(
  test: TestCore,
  target: CopyTarget,
  { signal = never, ...more }: Partial<CopyRequest> & { readonly signal?: AbortSignal } = {},
): Promise<CopyReport> {
  return copyRegistry(
    test.core,
    { target, release: '1.2.3', moment: false, keepOpen: false, ...more },
    ignore,
    signal,
  )
}

/** Every row, but what is of the moment and of the place; content by its digest; the logs. */
export async function copiedState({ store, blobs }: Pick<Place, 'store' | 'blobs'>): Promise<object> {
  const state: Record<string, unknown> = {}
  for (const table of schema.tables) {
    if (['uploads', 'holds', 'files'].includes(table.name)) continue
    const rows = (await allRows(store, table)).flatMap((row) => asCopied(table, row) ?? [])
    state[table.name] = table.name === 'blobs' ? await Promise.all(rows.map((row) => held(blobs, row))) : rows
  }
  for (const log of schema.logs) {
    state[log.name] = (await store.tail(log, undefined, 1000)).entries.map(({ row }) => row)
  }
  return state
}

/** What it has for a name, each with the digest of its bytes. */
async function held(blobs: Blobs, { file, ...row }: Row): Promise<object> {
  if (file === '') return row
  await using opened = await blobs.open(file as FileName, undefined, never)
  assert.ok(opened !== undefined, `there is a file for ${row['digest']}`)
  const { digest } = await digestOfStream(opened.bytes, digestAlgorithm(row['digest'] as Digest))
  return { ...row, bytesOf: digest }
}

export async function fileStates({ store }: Pick<Place, 'store'>): Promise<string[]> {
  return (await allRows(store, files)).map(({ state }) => state).sort()
}

/** Two tagged images of layers in rows and in files; an unfinished upload; something in the trash. */
export async function filled(): Promise<{ s: Scenario; layers: Piece[]; images: Piece[] }> {
  const s = new Scenario(await testCore())
  const config = s.known('{}', Buffer.from('{}'))
  const layers = [s.piece('small', 100), s.piece('large', 100_000), s.piece('larger', 200_000)]
  for (const piece of [config, ...layers]) await s.push(piece)
  const images = [s.image('one', config, layers.slice(0, 2)), s.image('two', config, layers.slice(1))]
  for (const [n, image] of images.entries()) await s.put(image, `v${n + 1}`)
  const unwanted = s.piece('unwanted', 80_000)
  await s.push(unwanted)
  await s.registry.blobs.delete(s.caller, app, unwanted.digest)
  const { id } = await s.registry.uploads.begin(s.caller, app)
  await s.registry.uploads.append(s.caller, app, id, { bytes: chunks(Buffer.alloc(90_000, 'unfinished')) })
  return { s, layers, images }
}

/** The registry that a server would serve there. */
export async function served({ store, blobs: content }: Place, s: Scenario): Promise<Scenario> {
  return new Scenario(
    await testCore({ store, blobs: content, clock: s.test.clock, bootId: 'boot-2', seed: 2 }),
  )
}

/** Something is done each time when a pass has ended. */
export function afterPasses(place: Place, step: () => Promise<unknown> | undefined): CopyTarget {
  const store = over(place.store, {
    commit: async (id, changes, survives) => {
      const isNote = changes.some((each) => each.do === 'put' && each.table.name === 'secrets')
      if (isNote) await step()
      return await place.store.commit(id, changes, survives)
    },
  })
  return targetOf({ ...place, store })
}

/** The same, some of whose members a test answers itself. */
export function over<T extends object>(whole: T, calls: Partial<T>): T {
  return new Proxy(whole, {
    get: (_, name) => {
      const member = Reflect.get(name in calls ? calls : whole, name)
      return typeof member === 'function' ? member.bind(whole) : member
    },
  })
}
