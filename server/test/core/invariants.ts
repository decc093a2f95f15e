import assert from 'node:assert/strict'
import { MemoryTelemetry } from '../../src/adapters/telemetry/memory/memory-telemetry.ts'
import { links, manifests, pulls, tagHistory, tags } from '../../src/core/catalog/tables.ts'
import { openContent } from '../../src/core/content/blobs.ts'
import { blobs, files, holdings, namespaces, repositories, uploads } from '../../src/core/content/tables.ts'
import type { Core } from '../../src/core/ledger/core.ts'
import { type Digest, digestAlgorithm } from '../../src/domain/digest.ts'
import { digestOf } from '../../src/domain/digest-of.ts'
import { isRegistryError } from '../../src/domain/error.ts'
import { parseManifest } from '../../src/domain/manifest.ts'
import type { FileName } from '../../src/ports/blobs/blobs.ts'
import type { Cursor, Stored } from '../../src/ports/store/store.ts'
import type { Row, Table } from '../../src/ports/store/table.ts'

export interface InvariantOptions {
  /** Stored files without a row are let pass: a crash, or a writer whose upload expired, may leave them until the sweep. */
  readonly strays?: boolean
}

/**
 * What must hold of all rows and files together while nothing is being written: counted references are the true
 * ones, files and rows own each other one to one, every tag's history is whole. Rejects with all that is wrong.
 */
export async function checkInvariants(
  core: Pick<Core, 'store' | 'blobs'>,
  options: InvariantOptions = {},
): Promise<void> {
  const wrong = await findWrong(core, options)
  assert.deepEqual(wrong, [], 'what the registry keeps contradicts itself')
}

/** Every row of a table, by its key. Not one snapshot. */
export async function allRows<R extends Row>(
  store: Pick<Core['store'], 'find'>,
  table: Table<R>,
): Promise<Stored<R>[]> {
  const rows: Stored<R>[] = []
  let after: Cursor | undefined
  do {
    const page = await store.find(table, { index: 'key', limit: 1000, ...(after && { after }) })
    rows.push(...page.rows)
    after = page.next
  } while (after !== undefined)
  return rows
}

/** Every stored file with its length. */
export async function allFiles(core: Pick<Core, 'blobs'>): Promise<Map<string, number>> {
  const stored = new Map<string, number>()
  for await (const { file, length } of core.blobs.list()) stored.set(file, length)
  return stored
}

async function readAll(core: Pick<Core, 'store' | 'blobs'>) {
  const { store } = core
  return {
    repositories: await allRows(store, repositories),
    files: await allRows(store, files),
    uploads: await allRows(store, uploads),
    blobs: await allRows(store, blobs),
    holdings: await allRows(store, holdings),
    manifests: await allRows(store, manifests),
    links: await allRows(store, links),
    tags: await allRows(store, tags),
    history: await allRows(store, tagHistory),
    namespaces: await allRows(store, namespaces),
    pulls: await allRows(store, pulls),
    stored: await allFiles(core),
  }
}

type Everything = Awaited<ReturnType<typeof readAll>>
type Say = (what: string) => void

async function findWrong(core: Pick<Core, 'store' | 'blobs'>, options: InvariantOptions): Promise<string[]> {
  const all = await readAll(core)
  const wrong: string[] = []
  const say: Say = (what) => void wrong.push(what)
  checkRepositories(all, say)
  checkHoldings(all, say)
  checkManifestRefs(all, say)
  checkBlobs(all, say)
  checkFiles(all, options, say)
  checkTags(all, say)
  checkUsage(all, say)
  await checkContent(core, all, say)
  return wrong
}

const id = (...parts: readonly string[]): string => parts.join(' ')

/** How often each key occurs. */
function counted<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}

function checkRepositories(all: Everything, say: Say): void {
  const known = new Set(all.repositories.map((row) => row.id))
  for (const table of ['holdings', 'manifests', 'links', 'tags', 'history'] as const) {
    for (const row of all[table]) {
      if (!known.has(row.repository))
        say(`${table}: a row of the repository ${row.repository}, which is not there`)
    }
  }
}

function checkHoldings(all: Everything, say: Say): void {
  const named = counted(
    all.links.filter((link) => link.target === 'blob'),
    (link) => id(link.repository, link.digest),
  )
  const content = new Map(all.blobs.map((row) => [row.digest, row]))
  const held = new Set<string>()
  for (const row of all.holdings) {
    const key = id(row.repository, row.digest)
    held.add(key)
    const refs = named.get(key) ?? 0
    if (row.refs !== refs) say(`holding ${key}: refs ${row.refs}, and ${refs} links name it`)
    const blob = content.get(row.digest)
    if (blob === undefined) say(`holding ${key}: there is no blob of that digest`)
    else if (blob.size !== row.size) say(`holding ${key}: size ${row.size}, and the blob has ${blob.size}`)
  }
  for (const key of named.keys()) if (!held.has(key)) say(`link to the blob ${key}, which is not held`)
}

function checkManifestRefs(all: Everything, say: Say): void {
  const live = counted(
    all.tags.filter((tag) => tag.live),
    (tag) => id(tag.repository, tag.digest),
  )
  const holding = counted(
    all.history.filter((entry) => entry.holds),
    (entry) => id(entry.repository, entry.digest),
  )
  const indexed = counted(
    all.links.filter((link) => link.target === 'manifest'),
    (link) => id(link.repository, link.digest),
  )
  const known = new Set<string>()
  for (const row of all.manifests) {
    const key = id(row.repository, row.digest)
    known.add(key)
    const parts = [live, holding, indexed].map((counts) => counts.get(key) ?? 0)
    const refs = parts.reduce((sum, part) => sum + part, 0)
    if (row.refs !== refs) {
      say(
        `manifest ${key}: refs ${row.refs}, and named by ${parts[0]} tags, ${parts[1]} entries, ${parts[2]} indexes`,
      )
    }
  }
  const gone = (what: string, keys: Iterable<string>): void => {
    for (const key of keys) if (!known.has(key)) say(`${what} names the manifest ${key}, which is not there`)
  }
  gone('a live tag', live.keys())
  gone('an entry that holds', holding.keys())
  gone('an index', indexed.keys())
  gone(
    'a count of pulls',
    all.pulls.map((row) => id(row.repository, row.digest)),
  )
  gone('a link', new Set(all.links.map((link) => id(link.repository, link.manifest))))
}

function checkBlobs(all: Everything, say: Say): void {
  const held = counted(all.holdings, (row) => row.digest)
  const manifested = counted(all.manifests, (row) => row.digest)
  for (const row of all.blobs) {
    const refs = (held.get(row.digest) ?? 0) + (manifested.get(row.digest) ?? 0)
    if (row.refs !== refs) {
      say(
        `blob ${row.digest}: refs ${row.refs}, and ${held.get(row.digest) ?? 0} holdings, ${manifested.get(row.digest) ?? 0} manifests`,
      )
    }
    if ((row.bytes === null) === (row.file === ''))
      say(`blob ${row.digest}: has both bytes and a file, or neither`)
  }
  const known = new Set(all.blobs.map((row) => row.digest))
  for (const digest of manifested.keys())
    if (!known.has(digest)) say(`manifest ${digest}: its content is not there`)
}

function checkUsage(all: Everything, say: Say): void {
  const usage = new Map<string, { bytes: number; repositories: number; manifests: number }>()
  for (const { id: repository, namespace } of all.repositories) {
    const sum = usage.get(namespace) ?? { bytes: 0, repositories: 0, manifests: 0 }
    usage.set(namespace, sum)
    sum.repositories++
    for (const row of all.holdings) if (row.repository === repository) sum.bytes += row.size
    for (const row of all.manifests) {
      if (row.repository !== repository) continue
      sum.bytes += row.size
      sum.manifests++
    }
  }
  for (const { namespace, bytes, repositories: count, manifests: versions } of all.namespaces) {
    const kept = JSON.stringify({ bytes, repositories: count, manifests: versions })
    const real = JSON.stringify(usage.get(namespace) ?? { bytes: 0, repositories: 0, manifests: 0 })
    if (kept !== real) say(`namespace ${namespace}: uses ${kept}, and its rows add up to ${real}`)
    usage.delete(namespace)
  }
  for (const namespace of usage.keys()) say(`namespace ${namespace}: what it uses is not counted`)
}

function checkFiles(all: Everything, options: InvariantOptions, say: Say): void {
  const { stored } = all
  const byBlob = counted(
    all.blobs.filter((row) => row.file !== ''),
    (row) => row.file,
  )
  const byUpload = counted(
    all.uploads.filter((row) => row.file !== ''),
    (row) => row.file,
  )
  const rows = new Set<string>()
  for (const { file, state } of all.files) {
    rows.add(file)
    const [asBlob, asUpload] = [byBlob.get(file) ?? 0, byUpload.get(file) ?? 0]
    const wanted = { blob: [1, 0], upload: [0, 1], trash: [0, 0] }[state]
    if (asBlob !== wanted[0] || asUpload !== wanted[1]) {
      say(`file ${file} in state ${state}: named by ${asBlob} blobs and ${asUpload} uploads`)
    }
    if (state === 'blob' && !stored.has(file)) say(`file ${file} of a blob: its bytes are gone`)
  }
  for (const file of [...byBlob.keys(), ...byUpload.keys()]) {
    if (!rows.has(file)) say(`file ${file} is named, and has no row`)
  }
  if (options.strays === true) return
  for (const file of stored.keys()) if (!rows.has(file)) say(`file ${file} is stored, and has no row`)
}

function checkTags(all: Everything, say: Say): void {
  const entries = Map.groupBy(all.history, (row) => id(row.repository, row.tag))
  for (const tag of all.tags) {
    const key = id(tag.repository, tag.tag)
    const history = (entries.get(key) ?? []).toSorted((a, b) => a.seq - b.seq)
    entries.delete(key)
    if (tag.live === (tag.digest === ''))
      say(`tag ${key}: live ${tag.live} with digest ${JSON.stringify(tag.digest)}`)
    const last = history.at(-1)
    if (last?.seq !== tag.seq || last.digest !== tag.digest || last.at !== tag.movedAt) {
      say(`tag ${key} at ${tag.seq} is not what its newest entry says`)
    }
    for (const [at, entry] of history.entries()) {
      const before = history[at - 1]
      if (entry.seq !== at + 1) say(`tag ${key}: entry ${at + 1} has the number ${entry.seq}`)
      if (entry.previous !== (before?.digest ?? ''))
        say(`tag ${key}: entry ${entry.seq} does not follow the one before`)
      if (entry.at < (before?.at ?? 0)) say(`tag ${key}: entry ${entry.seq} is before the one before`)
      if (entry.holds && entry.digest === '') say(`tag ${key}: entry ${entry.seq} holds nothing`)
    }
  }
  for (const key of entries.keys()) say(`history of the tag ${key}, which has no row`)
}

async function readContent(core: Core, digest: Digest): Promise<Uint8Array | undefined> {
  try {
    await using content = await openContent(core, digest, undefined, new AbortController().signal)
    const chunks: Uint8Array[] = []
    for await (const chunk of content.bytes) chunks.push(Uint8Array.from(chunk))
    return Buffer.concat(chunks)
  } catch (error) {
    if (isRegistryError(error, 'content-damaged')) return undefined
    throw error
  }
}

/** Reads every byte: a blob is what its digest says, a manifest's row what its content says. */
async function checkContent(core: Pick<Core, 'store' | 'blobs'>, all: Everything, say: Say): Promise<void> {
  const reading = { ...core, telemetry: new MemoryTelemetry() } as unknown as Core
  const contents = new Map<string, Uint8Array>()
  for (const row of all.blobs) {
    if (row.bytes === null && !all.stored.has(row.file as FileName)) continue
    const bytes = await readContent(reading, row.digest as Digest)
    if (bytes === undefined) {
      say(`blob ${row.digest}: cannot be read`)
      continue
    }
    if (bytes.length !== row.size)
      say(`blob ${row.digest}: size ${row.size}, and it has ${bytes.length} bytes`)
    if (digestOf(bytes, digestAlgorithm(row.digest as Digest)) === row.digest) contents.set(row.digest, bytes)
    else say(`blob ${row.digest}: other bytes`)
  }
  const links = Map.groupBy(all.links, (link) => id(link.repository, link.manifest))
  for (const row of all.manifests) {
    const bytes = contents.get(row.digest)
    if (bytes !== undefined) checkLinks(row, bytes, links.get(id(row.repository, row.digest)) ?? [], say)
  }
}

function checkLinks(
  row: Everything['manifests'][number],
  bytes: Uint8Array,
  rows: Everything['links'],
  say: Say,
): void {
  const manifest = parseManifest(bytes, row.mediaType)
  const linked = new Set(rows.map((link) => link.digest))
  const named = new Set<string>(manifest.links.map((link) => link.digest))
  for (const link of manifest.links) {
    if (!linked.has(link.digest) && !link.foreign) say(`manifest ${row.digest}: no link for ${link.digest}`)
  }
  for (const digest of linked)
    if (!named.has(digest)) say(`manifest ${row.digest}: a link for ${digest}, unnamed`)
  if (row.size !== bytes.length)
    say(`manifest ${row.digest}: size ${row.size}, and it has ${bytes.length} bytes`)
  if (row.subject !== (manifest.subject?.digest ?? '')) say(`manifest ${row.digest}: its subject is another`)
  if (row.artifactType !== (manifest.artifactType ?? ''))
    say(`manifest ${row.digest}: its artifact type is another`)
}
