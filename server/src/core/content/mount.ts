import type { Digest } from '../../domain/digest.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import { patch } from '../../ports/store/change.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import { getHolding, newHolding, renewHolding } from './blob-rows.ts'
import { findRepository, repositoryForPush } from './repositories.ts'
import { blobs, holdings, repositories } from './tables.ts'
import type { BlobInfo } from './uploads.ts'
import { spend } from './usage.ts'

/** How many holders of a digest are asked for one that the caller may read, before the client is told to upload. */
const holdersAsked = 100

/**
 * Makes a blob that another repository holds this one's too, without its bytes moving. Without `from`, from any that
 * `mayRead` allows. undefined: it cannot be had; the client uploads.
 */
export async function mountBlob(
  core: Core,
  caller: Caller,
  repository: RepositoryName,
  digest: Digest,
  from: RepositoryName | undefined,
  mayRead: (name: RepositoryName) => boolean,
): Promise<BlobInfo | undefined> {
  return await core.ledger.change(caller, async () => {
    const held =
      from === undefined
        ? await anyHolder(core, digest, mayRead)
        : mayRead(from) && (await holds(core, from, digest))
    const blob = held ? await core.store.get(blobs, [digest]) : undefined
    if (blob === undefined || blob.damagedAt !== 0) return { value: undefined, changes: [] }
    const target = await repositoryForPush(core, repository)
    const holding = await getHolding(core, target.id, digest)
    const value = { digest, size: blob.size }
    if (holding !== undefined) return { value, changes: [target.change, renewHolding(core, holding)] }
    return {
      value,
      changes: [
        target.change,
        newHolding(core, target.id, value),
        ...(await spend(core, target.namespace, { bytes: blob.size, repositories: target.isNew ? 1 : 0 })),
        patch(blobs, [digest], { add: { refs: 1 }, when: { damagedAt: { eq: 0 } } }),
      ],
      deeds: [{ action: 'blob.mount', repository, target: digest }],
    }
  })
}

async function holds(core: Core, name: RepositoryName, digest: Digest): Promise<boolean> {
  const row = await findRepository(core, name)
  return row !== undefined && (await getHolding(core, row.id, digest)) !== undefined
}

async function anyHolder(
  core: Core,
  digest: Digest,
  mayRead: (name: RepositoryName) => boolean,
): Promise<boolean> {
  const { rows } = await core.store.find(holdings, { index: 'byDigest', eq: [digest], limit: holdersAsked })
  const holders = await core.store.getMany(
    repositories,
    rows.map((row) => [row.repository]),
  )
  return holders.some((row) => row?.live === true && mayRead(row.name as RepositoryName))
}
