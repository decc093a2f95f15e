import type { Digest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import type { Link } from '../../domain/manifest-links.ts'
import type { Stored } from '../../ports/store/store.ts'
import type { LinkRow, ManifestRow } from '../catalog/tables.ts'
import { manifests } from '../catalog/tables.ts'
import { type HoldingRow, holdings } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'

/**
 * Which row each named digest counts its reference in. Where a manifest is named, a blob will do and the other way
 * round: build caches are pushed as indexes of layers.
 * @throws RegistryError `manifest-reference-unknown`, naming all that is missing and not to be had elsewhere
 */
export async function resolveLinks(
  core: Core,
  repository: string,
  manifest: Digest,
  named: readonly Link[],
): Promise<LinkRow[]> {
  const keys = named.map((link) => [repository, link.digest])
  const [asBlob, asManifest] = await Promise.all([
    core.store.getMany(holdings, keys),
    core.store.getMany(manifests, keys),
  ])
  const rows = new Map<string, LinkRow>()
  const missing: Digest[] = []
  for (const [at, link] of named.entries()) {
    const target = targetOf(link, asBlob[at], asManifest[at])
    if (target !== undefined)
      rows.set(`${target} ${link.digest}`, { repository, manifest, digest: link.digest, target })
    else if (!link.foreign) missing.push(link.digest)
  }
  if (missing.length > 0) throw new RegistryError('manifest-reference-unknown', { digests: missing })
  return [...rows.values()]
}

function targetOf(
  link: Link,
  blob: Stored<HoldingRow> | undefined,
  manifest: Stored<ManifestRow> | undefined,
): LinkRow['target'] | undefined {
  if (link.role === 'manifest' && manifest !== undefined) return 'manifest'
  if (blob !== undefined) return 'blob'
  return manifest === undefined ? undefined : 'manifest'
}
