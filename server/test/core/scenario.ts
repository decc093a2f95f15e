import assert from 'node:assert/strict'
import { jobs } from '../../src/adapters/journal/store/tables.ts'
import { links, manifests, pulls, tagHistory, tags } from '../../src/core/catalog/tables.ts'
import { blobs, files, holdings, repositories, uploads } from '../../src/core/content/tables.ts'
import type { Caller } from '../../src/core/ledger/caller.ts'
import { auditEntries, events } from '../../src/core/ledger/tables.ts'
import type { PutManifest, PutManifestResult } from '../../src/core/publish/put-manifest.ts'
import type { Digest } from '../../src/domain/digest.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { type ErrorCode, type ErrorData, RegistryError } from '../../src/domain/error.ts'
import { parseRepositoryName, type RepositoryName } from '../../src/domain/repository-name.ts'
import { isTag, type Tag } from '../../src/domain/tag.ts'
import { jobHandlers } from '../../src/jobs/handlers.ts'
import type { Log, Row } from '../../src/ports/store/table.ts'
import { allFiles, allRows, checkInvariants } from './invariants.ts'
import { type TestCore, type TestCoreOptions, testCore } from './kit.ts'

export const app: RepositoryName = parseRepositoryName('acme/app')
export const other: RepositoryName = parseRepositoryName('acme/other')
export const tag = (text: string): Tag => {
  assert.ok(isTag(text))
  return text
}

const types = {
  image: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
}

export interface Piece {
  readonly digest: Digest
  readonly bytes: Uint8Array
}

/** A registry in memory, told about by what each step changes in its rows, its files and its logs. */
export class Scenario {
  readonly test: TestCore
  readonly #labels = new Map<string, string>()
  readonly #start: number

  constructor(test: TestCore) {
    this.test = test
    this.#start = test.clock.now()
  }

  get registry(): TestCore['registry'] {
    return this.test.registry
  }

  get caller(): Caller {
    return this.test.caller
  }

  /** Content of its own of that length, shown by its label. */
  piece(label: string, length = 20): Piece {
    return this.known(label, Buffer.alloc(length, `${label}.`))
  }

  known(label: string, bytes: Uint8Array): Piece {
    const digest = digestOf(bytes)
    this.#labels.set(digest, label)
    return { digest, bytes }
  }

  image(label: string, config: Piece, layers: readonly Piece[], more: object = {}): Piece {
    const document = {
      schemaVersion: 2,
      mediaType: types.image,
      config: describe(types.config, config),
      layers: layers.map((layer) => describe(types.layer, layer)),
      ...more,
    }
    return this.known(label, Buffer.from(JSON.stringify(document)))
  }

  index(label: string, entries: readonly Piece[], more: object = {}, entryType: string = types.image): Piece {
    const document = {
      schemaVersion: 2,
      mediaType: types.index,
      manifests: entries.map((entry) => describe(entryType, entry)),
      ...more,
    }
    return this.known(label, Buffer.from(JSON.stringify(document)))
  }

  async push(piece: Piece, repository: RepositoryName = app): Promise<void> {
    const body = { bytes: chunks(piece.bytes), length: piece.bytes.length }
    const pushed = await this.registry.uploads.push(this.caller, repository, piece.digest, body)
    assert.deepEqual(pushed, { digest: piece.digest, size: piece.bytes.length })
  }

  async put(
    piece: Piece,
    reference: string = piece.digest,
    more: Partial<PutManifest> = {},
  ): Promise<PutManifestResult> {
    return await this.registry.manifests.put(this.caller, {
      repository: app,
      reference: reference as Tag,
      tags: [],
      contentType: undefined,
      bytes: piece.bytes,
      expect: {},
      ...more,
    })
  }

  async delete(reference: string, repository: RepositoryName = app): Promise<void> {
    await this.registry.manifests.delete(this.caller, repository, reference as Digest, {})
  }

  /** Runs the jobs that changes have asked for. */
  async drain(): Promise<number> {
    return await this.test.journal.drain(jobHandlers(this.test, []))
  }

  /** What the work changed, line by line: `-` was, `+` is. Nothing may contradict itself afterwards. */
  async effect(work: () => Promise<unknown>): Promise<string[]> {
    const before = await this.lines()
    await work()
    const after = await this.lines()
    await checkInvariants(this.test.core)
    const gone = without(before, after)
    const come = without(after, before)
    return [...gone.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`)]
  }

  /** The work changes exactly this. */
  async changes(work: () => Promise<unknown>, ...expected: readonly string[]): Promise<void> {
    assert.deepEqual((await this.effect(work)).toSorted(), expected.toSorted())
  }

  /** All rows, files and entries of logs, in short. */
  async lines(): Promise<string[]> {
    const { store, core } = this.test
    const homes = new Map((await allRows(store, repositories)).map((row) => [row.id, row.name]))
    const home = (id: string): string => homes.get(id) ?? `? ${id}`
    const idle = (at: number): string => (at === this.#start ? '' : ` idle +${at - this.#start}`)
    const logged = async <R extends Row>(log: Log<R>): Promise<R[]> =>
      (await store.tail(log, undefined, 1000)).entries.map((entry) => entry.row)
    const lines = [
      ...[...homes.values()].map((name) => `repository ${name}`),
      ...(await allRows(store, blobs)).map(
        (row) => `blob ${row.digest} in ${row.file || 'its row'}, refs ${row.refs}`,
      ),
      ...(await allRows(store, holdings)).map(
        (row) => `holding ${home(row.repository)} ${row.digest}, refs ${row.refs}${idle(row.idleSince)}`,
      ),
      ...(await allRows(store, manifests)).map(
        (row) => `manifest ${home(row.repository)} ${row.digest}, refs ${row.refs}${idle(row.idleSince)}`,
      ),
      ...(await allRows(store, links)).map(
        (row) => `link ${home(row.repository)} ${row.manifest} -> ${row.target} ${row.digest}`,
      ),
      ...(await allRows(store, tags)).map(
        (row) =>
          `tag ${home(row.repository)} ${row.tag} is ${row.live ? row.digest : 'gone'}, step ${row.seq}`,
      ),
      ...(await allRows(store, tagHistory)).map(
        (row) =>
          `history ${home(row.repository)} ${row.tag} ${row.seq}: ${row.previous || 'nothing'} to ${row.digest || 'nothing'}${row.holds ? ', holds' : ''}`,
      ),
      ...(await allRows(store, pulls)).map(
        (row) =>
          `pulls ${home(row.repository)} ${row.digest} ${row.pulls}${row.lastAt ? `, last +${row.lastAt - this.#start}` : ''}`,
      ),
      ...(await allRows(store, files)).map(
        (row) =>
          `file ${row.file} ${row.state}${row.state === 'trash' ? ` until +${row.until - this.#start}` : ''}`,
      ),
      ...(await allRows(store, uploads)).map(
        (row) =>
          `upload ${row.file || `of ${row.bytes.length} bytes`}${row.ended ? ', ended' : ''}${row.holder ? ', held' : ''} until +${row.until - this.#start}`,
      ),
      ...(await allRows(store, jobs)).map((row) => `job ${row.kind} ${shownPayload(row.payload)}`),
      ...(await allRows(store, auditEntries)).map(
        (row) =>
          `audit ${row.by} ${row.action} ${row.repository} ${row.target}${row.before && ` from ${row.before}`}${row.after && ` to ${row.after}`}`,
      ),
      ...(await logged(events)).map(
        (row) =>
          `event ${[row.kind, row.repository, row.tag, row.digest, row.previous].filter(Boolean).join(' ')}`,
      ),
      ...[...(await allFiles(core))].map(([file, length]) => `stored ${file} ${length}`),
    ]
    return lines.map((line) => this.#labelled(line))
  }

  #labelled(line: string): string {
    let text = line.replaceAll(/file-0*(\d+)/g, 'file-$1')
    for (const [digest, label] of this.#labels) text = text.replaceAll(digest, label)
    return text
  }
}

export async function scenario(options: TestCoreOptions = {}): Promise<Scenario> {
  return new Scenario(await testCore(options))
}

/** The error that the work ends with, by its code and data. */
export async function refused<C extends ErrorCode>(work: Promise<unknown>, code: C): Promise<ErrorData[C]> {
  const error = await work.then(
    (answer) => assert.fail(`it was not refused, but answered ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof RegistryError, `${error}`)
  assert.equal(error.code, code, error.message)
  return error.data as ErrorData[C]
}

function describe(mediaType: string, piece: Piece): object {
  return { mediaType, digest: piece.digest, size: piece.bytes.length }
}

/** What may answer, or throw, at once, as a promise. */
export async function promised<T>(work: () => T | Promise<T>): Promise<T> {
  return await work()
}

export async function* chunks(bytes: Uint8Array, size = 50_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export async function bytesOf(content: { readonly bytes: AsyncIterable<Uint8Array> }): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of content.bytes) all.push(Uint8Array.from(chunk))
  return Buffer.concat(all)
}

export async function gathered<T>(found: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of found) items.push(item)
  return items
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
}

/** Without the time, which differs from run to run of a scenario. */
function shownPayload(payload: string): string {
  const { deletedAt: _, ...rest } = JSON.parse(payload)
  return JSON.stringify(rest)
}
