import { type Digest, digestAlgorithm } from '../../domain/digest.ts'
import { digestOf, digestOfStream } from '../../domain/digest-of.ts'
import type { FileName } from '../../ports/blobs/blobs.ts'
import { patch } from '../../ports/store/change.ts'
import type { Stored } from '../../ports/store/store.ts'
import { markDamaged } from '../content/blob-rows.ts'
import { type BlobRow, blobs, holdings, repositories } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { Progress } from '../ledger/progress.ts'
import type { Damage, Findings, Remedy } from './finding.ts'
import { mendBlob } from './mend-blob.ts'

const namedRepositories = 10

/** Every blob: its file is there and as long as its record says; its bytes, where they are read, have its digest. */
export async function checkBlobs(
  core: Core,
  options: { readonly readContent: boolean },
  findings: Findings,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ blobs: number; bytes: number }> {
  let count = 0
  let bytes = 0
  const onBytes = (length: number): void => {
    bytes += length
    progress({ phase: 'reading content', done: bytes, unit: 'bytes' })
  }
  for await (const row of eachRow(core.store, blobs)) {
    signal.throwIfAborted()
    count++
    if (!options.readContent) progress({ phase: 'looking for files', done: count, unit: 'files' })
    const look = (of: BlobRow): Promise<Wrong | undefined> =>
      lookAt(core, of, options.readContent ? onBytes : undefined, signal)
    const wrong = await look(row)
    if (wrong !== undefined) await settle(core, row, wrong, look, findings, signal)
    else if (row.damagedAt !== 0 && options.readContent) await recover(core, row, findings)
  }
  return { blobs: count, bytes }
}

interface Wrong {
  readonly damage: Damage
  readonly what: string
}

async function lookAt(
  core: Core,
  row: BlobRow,
  onBytes: ((count: number) => void) | undefined,
  signal: AbortSignal,
): Promise<Wrong | undefined> {
  if (row.bytes !== null) {
    onBytes?.(row.bytes.length)
    return compare(row, {
      digest: digestOf(row.bytes, digestAlgorithm(row.digest as Digest)),
      size: row.bytes.length,
    })
  }
  try {
    await using opened = await core.blobs.open(row.file as FileName, undefined, signal)
    if (opened === undefined) return { damage: 'missing', what: `its file ${row.file} is not there` }
    if (opened.size !== row.size) {
      return { damage: 'short', what: `its file ${row.file} has ${opened.size} bytes and not ${row.size}` }
    }
    if (onBytes === undefined) return undefined
    return compare(row, await digestOfStream(opened.bytes, digestAlgorithm(row.digest as Digest), onBytes))
  } catch (error) {
    if (signal.aborted) throw error
    const reason = error instanceof Error ? error.message : String(error)
    return { damage: 'unreadable', what: `its file ${row.file} cannot be read: ${reason}` }
  }
}

function compare(row: BlobRow, seen: { digest: string; size: number }): Wrong | undefined {
  if (seen.size !== row.size)
    return { damage: 'short', what: `it has ${seen.size} bytes and not ${row.size}` }
  return seen.digest === row.digest
    ? undefined
    : { damage: 'changed', what: `its bytes have the digest ${seen.digest}` }
}

/**
 * Mended where a sound copy stands in this registry, else kept from being given out. A row that has changed since it was
 * read is looked at once more: it was collected, or a push has mended it.
 */
async function settle(
  core: Core,
  read: Stored<BlobRow>,
  seen: Wrong,
  look: (row: BlobRow) => Promise<Wrong | undefined>,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const row = await core.store.get(blobs, [read.digest])
  if (row === undefined) return
  const wrong = row.rev === read.rev ? seen : await look(row)
  if (wrong === undefined) return
  const told = { ...wrong, target: row.digest, repositories: await holders(core, row.digest) }
  // A read that failed says nothing of the bytes: to quarantine them could take the last copy away.
  if (wrong.damage === 'unreadable') return findings.tell({ ...told, remedy: 'told' })
  await markDamaged(core, row)
  const remedy: Remedy = (await mendBlob(core, row, signal)) ? 'mended' : 'quarantined'
  findings.tell({ ...told, remedy })
}

async function recover(core: Core, row: Stored<BlobRow>, findings: Findings): Promise<void> {
  const recovered = await core.ledger.keep(async () => {
    const current = await core.store.get(blobs, [row.digest])
    if (current === undefined || current.file !== row.file || current.damagedAt !== row.damagedAt) {
      return { value: false, changes: [] }
    }
    const when = { file: { eq: row.file }, damagedAt: { eq: row.damagedAt } }
    return { value: true, changes: [patch(blobs, [row.digest], { set: { damagedAt: 0 }, when })] }
  })
  if (!recovered) return
  findings.tell({
    damage: 'changed',
    remedy: 'recovered',
    target: row.digest,
    what: 'it was damaged, and is sound again',
  })
}

async function holders(core: Core, digest: string): Promise<string[]> {
  const { rows } = await core.store.find(holdings, {
    index: 'byDigest',
    eq: [digest],
    limit: namedRepositories,
  })
  const homes = await core.store.getMany(
    repositories,
    rows.map((row) => [row.repository]),
  )
  return homes.flatMap((home) => (home === undefined ? [] : [home.name]))
}
