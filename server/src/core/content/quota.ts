import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { type Quota, quotaOf, requireRoom, type Usage } from '../../domain/quota.ts'
import { namespaceOf, type RepositoryName } from '../../domain/repository-name.ts'
import type { FileName } from '../../ports/blobs/blobs.ts'
import type { Core } from '../ledger/core.ts'
import { getHolding } from './blob-rows.ts'
import type { Body } from './body.ts'
import { onBlobs } from './faults.ts'
import { findRepository } from './repositories.ts'
import { type Claim, giveBack } from './upload-claim.ts'
import { usageOf } from './usage.ts'

// What is asked here spares bytes that could not be kept. That a quota holds is decided by the batch: see `spend`.

/** @throws RegistryError `quota-exceeded`: not one more byte has room in the repository's namespace, or the repository itself */
export async function requireSomeRoom(core: Core, repository: RepositoryName): Promise<void> {
  const namespace = namespaceOf(repository)
  const quota = quotaOf(core.quotas, namespace)
  if (quota.bytes === undefined && quota.repositories === undefined) return
  const more = { bytes: 1, ...(await toBeMade(core, quota, repository)) }
  requireRoom(quota, namespace, await usageOf(core, namespace), more)
}

/** What the first push of a repository adds beside its bytes. */
async function toBeMade(
  core: Core,
  quota: Quota,
  repository: RepositoryName,
): Promise<Pick<Partial<Usage>, 'repositories'>> {
  if (quota.repositories === undefined) return {}
  return (await findRepository(core, repository)) === undefined ? { repositories: 1 } : {}
}

/**
 * The body, which fails as soon as it can come to nothing, and then the claim is given back: with `quota-exceeded` where
 * the upload would be more than there is room for, before its first byte where its length was announced. Content that
 * the repository holds needs no room; what is longer is not that content: `digest-mismatch`.
 */
export async function withinQuota(
  core: Core,
  claim: Claim,
  repository: RepositoryName,
  body: Body,
  digest?: Digest,
): Promise<Body> {
  const namespace = namespaceOf(repository)
  const quota = quotaOf(core.quotas, namespace)
  if (quota.bytes === undefined && quota.repositories === undefined) return body
  try {
    const used = await usageOf(core, namespace)
    requireRoom(quota, namespace, used, await toBeMade(core, quota, repository))
    if (quota.bytes === undefined) return body
    const before = await lengthOf(core, claim)
    const held = digest && (await heldBytes(core, repository, digest))
    const require = (length: number): void => {
      if (held === undefined) requireRoom(quota, namespace, used, { bytes: before + length })
      else if (digest && before + length > held)
        throw new RegistryError('digest-mismatch', { expected: digest })
    }
    require(body.length ?? 0)
    return { ...body, bytes: counted(body.bytes, require) }
  } catch (error) {
    await giveBack(core, claim)
    throw error
  }
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  require: (length: number) => void,
): AsyncGenerator<Uint8Array> {
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.length
    require(length)
    yield chunk
  }
}

async function heldBytes(
  core: Core,
  repository: RepositoryName,
  digest: Digest,
): Promise<number | undefined> {
  const home = await findRepository(core, repository)
  return home && (await getHolding(core, home.id, digest))?.size
}

async function lengthOf(core: Core, { row }: Claim): Promise<number> {
  if (row === undefined) return 0
  if (row.file === '') return row.bytes.length
  return await onBlobs(() => core.blobs.length(row.file as FileName))
}
