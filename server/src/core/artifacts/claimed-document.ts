import { type ArtifactMetadata, emptyMetadata } from '../../domain/artifact.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import type { Manifest } from '../../domain/manifest.ts'
import { isJsonObject, type JsonObject, memberOf, parseStrictJson } from '../../domain/strict-json.ts'
import type { KindFacts } from '../../kinds/kind.ts'
import { getHolding } from '../content/blob-rows.ts'
import type { Core } from '../ledger/core.ts'
import { isChart } from './chart-says.ts'
import { checkDocument } from './check-document.ts'
import { checkMetadata } from './check-metadata.ts'
import { kindOfDocument } from './document-type.ts'
import { readContent } from './read-content.ts'
import { readDocument } from './read-version.ts'
import { sourceLayer } from './version-source.ts'

/** What a manifest's config says where it is a document of a kind that is known here. */
export interface ClaimedDocument {
  readonly kind: string
  readonly metadata: ArtifactMetadata
  readonly facts: KindFacts
}

/** What the `Chart.yaml` of a chart says; empty where it is none, or is not there yet. */
export async function arrivedChart(core: Core, repository: string, manifest: Manifest): Promise<JsonObject> {
  const { config } = manifest
  if (config === undefined || !isChart(manifest)) return {}
  if ((await getHolding(core, repository, config.digest)) === undefined) return {}
  return (await readDocument(core, manifest)).document
}

/**
 * A manifest that came by another door, and says of itself that it is a version of a kind, must be one.
 * @returns undefined: it says nothing of that sort, or its blobs are not there yet
 * @throws RegistryError `manifest-invalid`
 */
export async function claimedDocument(
  core: Core,
  repository: string,
  manifest: Manifest,
): Promise<ClaimedDocument | undefined> {
  const { config } = manifest
  const kind = core.kinds.get(kindOfDocument(config?.mediaType ?? '') ?? '')
  if (kind === undefined || config === undefined) return undefined
  if ((await getHolding(core, repository, config.digest)) === undefined) return undefined
  const source = sourceLayer(core, kind.name, manifest)
  if (source !== undefined && (await getHolding(core, repository, source)) === undefined) return undefined
  const { limits } = core
  try {
    const most = limits.documentBytes + limits.customBytes + limits.textLength * 100
    const parsed = parseStrictJson(await readContent(core, config.digest, most), 2 * limits.customDepth)
    if (!parsed.ok || !isJsonObject(parsed.value)) {
      const reason = parsed.ok ? 'it is no object' : parsed.reason
      throw new RegistryError('artifact-invalid', { field: 'config', reason })
    }
    const document = parsed.value
    const metadata = checkMetadata({ ...emptyMetadata, ...document }, limits)
    const bytes =
      source === undefined ? new Uint8Array() : await readContent(core, source, limits.sourceBytes)
    const own = memberOf(document, 'document')
    const { facts } = await checkDocument(kind, own, bytes, limits)
    return { kind: kind.name, metadata, facts }
  } catch (error) {
    if (!isRegistryError(error, 'artifact-invalid') && !isRegistryError(error, 'too-large')) throw error
    const reason = `its config is no document of a ${kind.name}: ${error.message}`
    throw new RegistryError('manifest-invalid', { reason }, { cause: error })
  }
}
