import type { Digest } from '../../../domain/digest.ts'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'
import { insert, patch, put } from '../../../ports/store/change.ts'
import type { Change, Stored } from '../../../ports/store/store.ts'
import { trashFile } from '../../content/blob-rows.ts'
import { type BlobRow, blobs, files } from '../../content/tables.ts'
import { atOnce } from '../at-once.ts'
import { verified, WrongContent } from '../verified-bytes.ts'
import { Batch } from './batch.ts'
import type { CopyRun } from './copy-run.ts'

/** Content that the target has not, or not sound. */
export interface Wanted {
  readonly source: BlobRow
  /** Its row at the target, where there is one. */
  readonly target: Stored<BlobRow> | undefined
}

interface Begun extends Wanted {
  readonly file: FileName
}

/** What became of one. `gone`: the source has it no more, which the next pass finds. */
type Became = 'copied' | 'gone' | { readonly lost: string }

/** By the protocol of every upload: rows for the files, their bytes, then the blobs that name them. */
export async function copyFiles(run: CopyRun, wanted: readonly Wanted[]): Promise<void> {
  const { claim, target, bounds, core } = run
  const begun: Begun[] = wanted.map((each) => ({ ...each, file: target.blobs.name() }))
  const until = core.clock.now()
  await claim.write(begun.map(({ file }) => insert(files, { file, state: 'upload', until })))
  const became: { readonly one: Begun; readonly as: Became }[] = []
  await atOnce(bounds.filesAtOnce, each(begun), async (one) => {
    became.push({ one, as: await copyFile(run, one) })
    run.progress({ phase: 'copying content', done: run.copied.bytes, unit: 'bytes' })
  })
  const batch = new Batch((changes) => claim.write(changes), bounds)
  for (const { one, as } of became) await batch.add(...outcome(run, one, as))
  await batch.flush()
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T, void> {
  yield* items
}

/** What follows from what one came to, in one batch. */
function outcome(run: CopyRun, one: Begun, became: Became): Change[] {
  const { content, copied, bounds, core } = run
  const { source, file } = one
  const now = core.clock.now()
  if (became === 'gone') return [trashFile(core, file, 'upload', now)]
  copied.rows++
  if (became === 'copied') {
    content.missed.delete(source.digest)
    content.unsound.delete(source.digest)
    if (content.verified.size < bounds.filesRemembered) content.verified.add(source.digest)
    copied.files++
    const adopted = patch(files, [file], { set: { state: 'blob' }, when: { state: { eq: 'upload' } } })
    return [adopted, ...named(run, one, { ...source, file })]
  }
  // As the source would answer for it: it is not given out, and the next push of it mends it.
  if (!content.missed.has(source.digest)) content.lost.tell(source.digest as Digest, became.lost)
  content.missed.set(source.digest, source.file)
  const nothing = run.target.blobs.name()
  const damagedAt = source.damagedAt === 0 ? Math.max(1, now) : source.damagedAt
  return [
    trashFile(core, file, 'upload', now),
    insert(files, { file: nothing, state: 'blob', until: 0 }),
    ...named(run, one, { ...source, file: nothing, damagedAt }),
  ]
}

/** The blob names that file from now on, and no earlier one. */
function named({ core }: CopyRun, { target }: Begun, row: BlobRow): Change[] {
  if (target === undefined) return [insert(blobs, row)]
  const replaced = target.file === '' ? [] : [trashFile(core, target.file, 'blob', core.clock.now())]
  return [put(blobs, row, target.rev), ...replaced]
}

/** On return the file has its content, and survives a power cut; or the source does not have it. */
async function copyFile(run: CopyRun, { source, file }: Begun): Promise<Became> {
  const { target, signal } = run
  const became = await sendBytes(run, source, file)
  if (became !== 'copied') return became
  await target.blobs.seal(file, source.digest as Digest, signal)
  return became
}

async function sendBytes(run: CopyRun, row: BlobRow, to: FileName): Promise<Became> {
  const { core, target, signal, copied } = run
  signal.throwIfAborted()
  try {
    await using opened = await core.blobs.open(row.file as FileName, undefined, signal).catch(unreadable)
    if (opened === undefined) return await sendAnother(run, row, to)
    if (opened.size !== row.size) return { lost: `its file has ${opened.size} bytes and not ${row.size}` }
    const bytes = verified(fromSource(opened.bytes), row.digest as Digest, (count) => {
      copied.bytes += count
    })
    await target.blobs.append(to, 0, bytes, signal)
    return 'copied'
  } catch (error) {
    if (error instanceof WrongContent) return { lost: 'its bytes have changed' }
    if (error instanceof Unreadable) return { lost: `it cannot be read: ${error.message}` }
    throw error
  }
}

/** A damaged file may have been replaced since the row was read. */
async function sendAnother(run: CopyRun, row: BlobRow, to: FileName): Promise<Became> {
  const now = await run.core.store.get(blobs, [row.digest])
  if (now === undefined || now.file === '') return 'gone'
  return now.file === row.file ? { lost: 'its file is gone' } : await sendBytes(run, now, to)
}

/** A fault of the source's file, told from one of the target. */
class Unreadable extends Error {}

async function* fromSource(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* bytes
  } catch (error) {
    unreadable(error)
  }
}

function unreadable(error: unknown): never {
  const lasts = error instanceof BlobsError && (error.kind === 'permanent' || error.kind === 'name')
  throw lasts ? new Unreadable(error.message) : error
}
