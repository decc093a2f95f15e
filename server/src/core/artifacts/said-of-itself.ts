import { type ArtifactMetadata, emptyMetadata } from '../../domain/artifact.ts'
import type { Digest } from '../../domain/digest.ts'
import { isRegistryError } from '../../domain/error.ts'
import { type Manifest, parseManifest } from '../../domain/manifest.ts'
import type { JsonObject } from '../../domain/strict-json.ts'
import type { Core } from '../ledger/core.ts'
import { metadataOf } from './artifact-rows.ts'
import { authorOf } from './author.ts'
import { chartSays, isChart } from './chart-says.ts'
import { checkMetadata, cutToKey, cutToText } from './check-metadata.ts'
import { kindOfDocument } from './document-type.ts'
import { readContent } from './read-content.ts'
import { readDocument } from './read-version.ts'
import type { ArtifactRow } from './tables.ts'

/** What an artifact is called that says nothing of itself, and whose it is. */
export type Unsaid = Pick<ArtifactMetadata, 'name' | 'organization'>

export const unsaidOf = ({ slug, namespace }: Pick<ArtifactRow, 'slug' | 'namespace'>): Unsaid => ({
  name: slug,
  organization: namespace,
})

/** A manifest, and its config where that says more than the annotations. */
export interface Saying {
  readonly manifest: Manifest
  readonly document: JsonObject
}

/** Its config is a document of Lading's: it says all that there is to say. */
export function isDocument({ config }: Pick<Manifest, 'config'>): boolean {
  return kindOfDocument(config?.mediaType ?? '') !== undefined
}

/**
 * What a manifest says of its artifact: its document, or its annotations (OCI image specification, "Pre-Defined Annotation
 * Keys") and what its chart says.
 * @throws RegistryError `artifact-invalid`: its document was written under other limits
 */
export function saidBy(
  { limits }: Pick<Core, 'limits'>,
  unsaid: Unsaid,
  { manifest, document }: Saying,
): ArtifactMetadata {
  if (isDocument(manifest)) return checkMetadata({ name: unsaid.name, ...document }, limits)
  const { annotations } = manifest
  const chart = chartSays(isChart(manifest) ? document : {}, limits)
  const { titleLength, textLength } = limits
  const say = (name: string, most: number): string =>
    cutToText(annotations[`org.opencontainers.image.${name}`] ?? '', most)
  const said = (name: string, known = ''): string => say(name, titleLength) || known
  return {
    ...emptyMetadata,
    ...chart,
    name: cutToKey(said('title')) || unsaid.name,
    organization: cutToKey(said('vendor')) || unsaid.organization,
    description: say('description', textLength) || chart.description,
    ...authorOf(cutToKey(said('authors'))),
    license: said('licenses', chart.license),
    repository: said('source'),
    homepage: said('url', chart.homepage),
  }
}

/**
 * What an artifact says from now on that comes to stand at another manifest, with what somebody has set by hand.
 * @param digest of that manifest; empty: it comes to stand at none
 */
export async function saidFromNow(
  core: Core,
  row: ArtifactRow,
  {
    digest,
    now,
    unsaid,
  }: { readonly digest: string; readonly now: ArtifactMetadata; readonly unsaid: Unsaid },
): Promise<ArtifactMetadata> {
  const before = row.digest === digest ? now : await saidBefore(core, row, unsaid)
  return carriedOver(metadataOf(row), before, { now, unsaid })
}

/** What is said of an artifact by the manifest that it stands at; undefined where that cannot be read any more. */
async function saidBefore(
  core: Core,
  { digest }: Pick<ArtifactRow, 'digest'>,
  unsaid: Unsaid,
): Promise<ArtifactMetadata | undefined> {
  if (digest === '') return { ...emptyMetadata, ...unsaid }
  try {
    const bytes = await readContent(core, digest as Digest, core.limits.manifestBytes)
    const manifest = parseManifest(bytes, undefined)
    const isMore = isDocument(manifest) || isChart(manifest)
    const { document } = isMore ? await readDocument(core, manifest) : { document: {} }
    return saidBy(core, unsaid, { manifest, document })
  } catch (error) {
    if (isRegistryError(error)) return undefined
    throw error
  }
}

/**
 * What an artifact says once it stands at another manifest: what that one says, but what somebody has set by hand, which is what
 * the manifest before did not say.
 * @param before undefined: nobody knows, and what the other one does not say stays
 */
function carriedOver(
  known: ArtifactMetadata,
  before: ArtifactMetadata | undefined,
  { now, unsaid }: { readonly now: ArtifactMetadata; readonly unsaid: Unsaid },
): ArtifactMetadata {
  // Rows of earlier releases have a name with its address.
  const own = known.authorEmail === '' ? { ...known, ...authorOf(known.author) } : known
  const nothing = { ...emptyMetadata, ...unsaid }
  const changed = Object.entries(now).filter(([field, value]) =>
    before === undefined ? !isSame(value, nothing, field) : isSame(memberOf(before, field), own, field),
  )
  return { ...own, ...Object.fromEntries(changed) }
}

const memberOf = (metadata: ArtifactMetadata, field: string): unknown =>
  metadata[field as keyof ArtifactMetadata]

function isSame(value: unknown, metadata: ArtifactMetadata, field: string): boolean {
  return JSON.stringify(value) === JSON.stringify(memberOf(metadata, field))
}
