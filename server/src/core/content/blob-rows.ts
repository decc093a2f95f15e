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
export function trashFile(core: Core, file: string, from: 'upload' | 'blob'): Change {
  return patch(files, [file], {
    set: { state: 'trash', until: core.clock.now() + core.limits.trashDelay },
    when: { state: { eq: from } },
  })
}

/** A copy that is not needed: the digest is there already. Small ones were nowhere yet. */
export function trashCopy(core: Core, content: NewContent): Change[] {
  return 'file' in content ? [trashFile(core, content.file, 'upload')] : []
}

/**
 * One more reference to the content of that digest: the blob's row is made, or counts one up and the new copy goes.
 * The first copy of a digest stays for ever; a second is never needed.
 */
export async function referContent(core: Core, content: NewContent): Promise<Change[]> {
  const known = await core.store.get(blobs, [content.digest])
  if (known !== undefined) {
    return [patch(blobs, [content.digest], { add: { refs: 1 } }), ...trashCopy(core, content)]
  }
  const file = 'file' in content ? content.file : ''
  const bytes = 'bytes' in content ? content.bytes : null
  return [
    insert(blobs, { digest: content.digest, size: content.size, bytes, file, refs: 1 }),
    ...(file === ''
      ? []
      : [patch(files, [file], { set: { state: 'blob' }, when: { state: { eq: 'upload' } } })]),
  ]
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
