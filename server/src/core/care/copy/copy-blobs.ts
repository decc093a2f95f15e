import { insert, put, remove } from '../../../ports/store/change.ts'
import type { Change, Stored } from '../../../ports/store/store.ts'
import type { Table } from '../../../ports/store/table.ts'
import { trashFile } from '../../content/blob-rows.ts'
import { type BlobRow, blobs, files } from '../../content/tables.ts'
import { Batch } from './batch.ts'
import { copyFiles, type Wanted } from './copy-files.ts'
import type { CopyRun } from './copy-run.ts'
import { pairsOf, TableSeeing, type TableSeen } from './copy-table.ts'
import type { Finding } from './merge-rows.ts'

const table = blobs as unknown as Table

/** As `copyTable`, with the bytes: a row that names a file names one of the target's own, which has the content of its digest. */
export async function copyBlobs(run: CopyRun, reads: Finding): Promise<TableSeen> {
  const seen = new TableSeeing(table, ['file'])
  const batch = new Batch((changes) => run.claim.write(changes), run.bounds)
  const group = new Group(run)
  for await (const pair of pairsOf(run, table, reads)) {
    run.signal.throwIfAborted()
    const another = seen.see(pair)
    run.progress({ phase: 'copying content', done: run.copied.bytes, unit: 'bytes' })
    const source = pair.source as BlobRow | undefined
    const target = pair.target as Stored<BlobRow> | undefined
    if (source === undefined) {
      if (target !== undefined) await batch.add(...withoutBlob(run, target))
    } else if (wantsBytes(run, source, target)) await group.add({ source, target })
    else if (another) {
      const changes = withRow(run, source, target)
      await batch.add(...changes)
      if (changes.length > 0) run.copied.rows++
    }
  }
  await batch.flush()
  await group.flush()
  return seen.result()
}

/** Whether the target lacks a file of that content, or has one that is not sound. */
function wantsBytes({ content }: CopyRun, source: BlobRow, target: Stored<BlobRow> | undefined): boolean {
  if (source.file === '') return false
  if (target === undefined || target.file === '' || content.unsound.has(source.digest)) return true
  // It was lost on the way, in an earlier run or with an earlier file of the source.
  const missed = content.missed.get(source.digest)
  return target.damagedAt !== 0 && source.damagedAt === 0 && missed !== source.file
}

/** The bytes of a file are there already. */
function withRow(run: CopyRun, source: BlobRow, target: Stored<BlobRow> | undefined): Change[] {
  if (target === undefined) return [insert(blobs, source)]
  if (source.file === '') return [put(blobs, source, target.rev), ...trashed(run, target)]
  const damagedAt = run.content.missed.has(source.digest) ? target.damagedAt : source.damagedAt
  const row = { ...source, file: target.file, damagedAt }
  return row.refs === target.refs && row.size === target.size && damagedAt === target.damagedAt
    ? []
    : [put(blobs, row, target.rev)]
}

function withoutBlob(run: CopyRun, target: Stored<BlobRow>): Change[] {
  run.copied.removedRows++
  run.content.verified.delete(target.digest)
  return [remove(blobs, [target.digest], { rev: target.rev }), ...trashed(run, target)]
}

/** Nobody can be reading it: nobody was served here yet. The target's own trash removes the bytes. */
function trashed({ core }: CopyRun, { file }: Pick<BlobRow, 'file'>): Change[] {
  return file === '' ? [] : [trashFile(core, file, 'blob', core.clock.now())]
}

/** Files whose rows are written together. */
class Group {
  readonly #run: CopyRun
  #wanted: Wanted[] = []
  #bytes = 0

  constructor(run: CopyRun) {
    this.#run = run
  }

  async add(wanted: Wanted): Promise<void> {
    this.#wanted.push(wanted)
    this.#bytes += wanted.source.size
    const { filesPerGroup, bytesPerGroup } = this.#run.bounds
    if (this.#wanted.length >= filesPerGroup || this.#bytes >= bytesPerGroup) await this.flush()
  }

  async flush(): Promise<void> {
    const wanted = this.#wanted
    this.#wanted = []
    this.#bytes = 0
    if (wanted.length > 0) await copyFiles(this.#run, wanted)
  }
}

/** Files that a run which was cut short had begun: what they have is of no use. Answers how many. */
export async function leaveBegunFiles(run: CopyRun): Promise<number> {
  const { store } = run.target
  const batch = new Batch((changes) => run.claim.write(changes), run.bounds)
  let left = 0
  for (;;) {
    const { rows } = await store.find(files, {
      index: 'due',
      eq: ['upload'],
      limit: run.bounds.rowsPerPage,
    })
    if (rows.length === 0) return left
    for (const { file } of rows) await batch.add(trashFile(run.core, file, 'upload', run.core.clock.now()))
    await batch.flush()
    left += rows.length
  }
}
