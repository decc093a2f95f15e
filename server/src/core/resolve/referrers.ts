import type { Digest } from '../../domain/digest.ts'
import { isRegistryError } from '../../domain/error.ts'
import { parseManifest } from '../../domain/manifest.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { ManifestRow } from '../catalog/tables.ts'
import { manifests } from '../catalog/tables.ts'
import { findRepository } from '../content/repositories.ts'
import type { Core } from '../ledger/core.ts'
import type { Manifests } from './manifests.ts'

export interface ReferrerDescriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly artifactType?: string
  readonly annotations?: Readonly<Record<string, string>>
}

export interface ReferrersQuery {
  readonly artifactType?: string
  /** The last digest seen, not included. */
  readonly last?: Digest
  readonly limit: number
}

/** A page's descriptors carry annotations, which may be large: a page ends before it grows over this. */
const pageBytes = 2 * 1024 * 1024

/** By digest; empty where the subject, or the repository, is not there (distribution spec, "Listing Referrers"). */
export async function listReferrers(
  core: Core,
  contents: Manifests,
  repository: RepositoryName,
  subject: Digest,
  query: ReferrersQuery,
): Promise<{ readonly descriptors: readonly ReferrerDescriptor[]; readonly more: boolean }> {
  const home = await findRepository(core, repository)
  if (home === undefined) return { descriptors: [], more: false }
  const { rows, next } = await core.store.find(manifests, {
    ...(query.artifactType === undefined
      ? { index: 'bySubject', eq: [home.id, subject] }
      : { index: 'bySubjectAndType', eq: [home.id, subject, query.artifactType] }),
    ...(query.last !== undefined && { beyond: [query.last] }),
    limit: query.limit,
  })
  const descriptors: ReferrerDescriptor[] = []
  let bytes = 0
  for (const row of rows) {
    const annotations = await annotationsOf(contents, repository, row)
    if (annotations === undefined) continue
    bytes += JSON.stringify(annotations).length + 512
    if (bytes > pageBytes && descriptors.length > 0) return { descriptors, more: true }
    descriptors.push({
      mediaType: row.mediaType,
      digest: row.digest as Digest,
      size: row.size,
      ...(row.artifactType !== '' && { artifactType: row.artifactType }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
    })
  }
  return { descriptors, more: next !== undefined }
}

/** undefined: the manifest was deleted since the list was read. */
async function annotationsOf(
  contents: Manifests,
  repository: RepositoryName,
  row: ManifestRow,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const content = await contents.get(repository, row.digest as Digest)
    return parseManifest(content.bytes, row.mediaType).annotations
  } catch (error) {
    if (isRegistryError(error, 'manifest-unknown')) return undefined
    throw error
  }
}
