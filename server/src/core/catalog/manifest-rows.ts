import type { Digest } from '../../domain/digest.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { type LinkRow, links, type ManifestRow, manifests } from './tables.ts'

export async function getManifest(
  core: Pick<Core, 'store'>,
  repository: string,
  digest: Digest,
): Promise<Stored<ManifestRow> | undefined> {
  return await core.store.get(manifests, [repository, digest])
}

/** Whether anything was pushed into the repository to its end: content alone is nothing that anybody could pull. */
export async function hasManifests(core: Pick<Core, 'store'>, repository: string): Promise<boolean> {
  return (await core.store.count(manifests, { index: 'key', eq: [repository], upTo: 1 })) > 0
}

/** The manifest, or index, that names a digest: the first one by digest. */
export async function namedBy(
  core: Pick<Core, 'store'>,
  repository: string,
  digest: Digest,
): Promise<string | undefined> {
  const { rows } = await core.store.find(links, { index: 'byDigest', eq: [repository, digest], limit: 1 })
  return rows[0]?.manifest
}

/** Every link of one manifest: bounded by `linksPerManifest`, which is below one page. */
export async function linksOfManifest(
  core: Pick<Core, 'store'>,
  repository: string,
  manifest: string,
): Promise<Stored<LinkRow>[]> {
  return (await core.store.find(links, { index: 'key', eq: [repository, manifest], limit: 1000 })).rows
}
