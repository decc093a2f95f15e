import type { Digest } from '../../domain/digest.ts'
import { insert, patch, remove } from '../../ports/store/change.ts'
import type { Change, Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { type BlobRow, blobs, files, type HoldingRow, holdings } from './tables.ts'

/** Content that was verified and now stands somewhere. */
export type NewContent =
  | { readonly digest: Digest; readonly size: number; readonly bytes: Uint8Array }
  | { readonly digest: Digest; readonly size: number; readonly file: string }

/** From `upload`, or straight from nothing, to `trash`: the bytes go when nobody can still be reading them. */
export function trashFile(
  core: Core,
  file: string,
  from: 'upload' | 'blob',
  until: number = core.clock.now() + core.limits.trashDelay,
): Change {
  return patch(files, [file], {
    set: { state: 'trash', until },
    when: { state: { eq: from } },
  })
}

/** A copy that is not needed. Small ones were nowhere yet; a file never had a reader, so that its time is over at once. */
function trashCopy(core: Core, content: NewContent): Change[] {
  return 'file' in content ? [trashFile(core, content.file, 'upload', core.clock.now())] : []
}

/** The rows of contents of which each digest is there once, in their order; undefined where nobody has it. */
export async function blobRowsOf(
  core: Core,
  contents: readonly NewContent[],
): Promise<(Stored<BlobRow> | undefined)[]> {
  return await core.store.getMany(
    blobs,
    contents.map(({ digest }) => [digest]),
  )
}

/** One more reference to the content of that digest: the blob's row is made, or counts one up and one copy stays. */
export async function referContent(core: Core, content: NewContent): Promise<Change[]> {
  return referTo(core, content, await core.store.get(blobs, [content.digest]))
}

/** As `referContent`, with the blob's row as it was read. */
export function referTo(core: Core, content: NewContent, known: Stored<BlobRow> | undefined): Change[] {
  if (known !== undefined) return keepOne(core, known, content, 1)
  const { file, bytes } = formOf(content)
  const { digest, size } = content
  return [insert(blobs, { digest, size, bytes, file, refs: 1, damagedAt: 0 }), ...adopt(file)]
}

/** Content that the repository holds was pushed once more: one copy stays. */
export async function keepOneCopy(core: Core, content: NewContent): Promise<Change[]> {
  return keepCopy(core, content, await core.store.get(blobs, [content.digest]))
}

/** As `keepOneCopy`, with the blob's row as it was read. */
export function keepCopy(core: Core, content: NewContent, known: Stored<BlobRow> | undefined): Change[] {
  return known === undefined ? trashCopy(core, content) : keepOne(core, known, content, 0)
}

/** The first copy stays as long as it is sound; the new one takes the place of one that is known to be damaged. */
function keepOne(core: Core, known: Stored<BlobRow>, content: NewContent, refs: 0 | 1): Change[] {
  if (known.damagedAt === 0) {
    // Where the damage is found in this very moment, the new copy must not go: the batch fails, and is decided anew.
    const when = { damagedAt: { eq: 0 } }
    return [patch(blobs, [known.digest], { add: { refs }, when }), ...trashCopy(core, content)]
  }
  const { file, bytes } = formOf(content)
  return [
    patch(blobs, [known.digest], {
      add: { refs },
      set: { file, bytes, size: content.size, damagedAt: 0 },
      when: { file: { eq: known.file }, damagedAt: { eq: known.damagedAt } },
    }),
    ...adopt(file),
    ...(known.file === '' ? [] : [trashFile(core, known.file, 'blob')]),
  ]
}

function formOf(content: NewContent): Pick<BlobRow, 'file' | 'bytes'> {
  return 'file' in content ? { file: content.file, bytes: null } : { file: '', bytes: content.bytes }
}

function adopt(file: string): Change[] {
  if (file === '') return []
  return [patch(files, [file], { set: { state: 'blob' }, when: { state: { eq: 'upload' } } })]
}

/** One reference less. The last one takes the row with it, and the file to the trash. */
export function releaseContent(core: Core, blob: Stored<BlobRow>): Change[] {
  if (blob.refs > 1) return [patch(blobs, [blob.digest], { add: { refs: -1 } })]
  return removeContent(core, blob)
}

/** At the revision at which nothing, or only what this batch removes, was seen to refer to it. */
export function removeContent(core: Core, blob: Stored<BlobRow>): Change[] {
  return [
    remove(blobs, [blob.digest], { rev: blob.rev }),
    ...(blob.file === '' ? [] : [trashFile(core, blob.file, 'blob')]),
  ]
}

export async function getHolding(
  core: Pick<Core, 'store'>,
  repository: string,
  digest: Digest,
): Promise<Stored<HoldingRow> | undefined> {
  return await core.store.get(holdings, [repository, digest])
}

export function newHolding(
  core: Core,
  repository: string,
  content: { digest: Digest; size: number },
): Change {
  return insert(holdings, {
    repository,
    digest: content.digest,
    size: content.size,
    refs: 0,
    idleSince: core.clock.now(),
  })
}

/**
 * Somebody counts on the blob from now on. Guarded, so that time never goes back where two processes' clocks differ;
 * the row that was read tells which time that is.
 */
export function renewHolding(core: Core, holding: Stored<HoldingRow>): Change {
  const idleSince = Math.max(core.clock.now(), holding.idleSince)
  return patch(holdings, [holding.repository, holding.digest], {
    set: { idleSince },
    when: { idleSince: { lte: idleSince } },
  })
}

/** From now on the content is not given out, and the next push of it takes its place. Nothing where that has happened already. */
export async function markDamaged(core: Core, row: Stored<BlobRow>): Promise<boolean> {
  return await core.ledger.keep(async () => {
    const current = await core.store.get(blobs, [row.digest])
    if (current === undefined || current.file !== row.file || current.damagedAt !== 0) {
      return { value: false, changes: [] }
    }
    const change = patch(blobs, [row.digest], {
      set: { damagedAt: Math.max(1, core.clock.now()) },
      when: { file: { eq: row.file }, damagedAt: { eq: 0 } },
    })
    return { value: true, changes: [change] }
  })
}
