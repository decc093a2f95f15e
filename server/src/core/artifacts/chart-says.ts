import { type ArtifactMetadata, emptyMetadata } from '../../domain/artifact.ts'
import type { Manifest } from '../../domain/manifest.ts'
import { isJsonObject, type JsonObject, memberOf } from '../../domain/strict-json.ts'
import type { Limits } from '../ledger/limits.ts'
import { cutToKey, cutToText } from './check-metadata.ts'

const helmConfig = 'application/vnd.cncf.helm.config.v1+json'

/** Its config is the `Chart.yaml` of a Helm chart, as JSON. */
export function isChart({ config }: Pick<Manifest, 'config'>): boolean {
  return config?.mediaType === helmConfig
}

/** Charts that should not be used any more say so, and what says so stays with the artifact. */
const deprecated = { chart: { deprecated: true } } as const

export const chartDeprecation = 'its chart says that it is deprecated'

export function isDeprecatedChart({ custom }: Pick<ArtifactMetadata, 'custom'>): boolean {
  const chart = memberOf(custom, 'chart')
  return isJsonObject(chart) && memberOf(chart, 'deprecated') === true
}

/**
 * What a `Chart.yaml` says that Helm does not put into annotations, or did not in earlier releases. It was checked by nobody:
 * what is of another type or too long is passed over.
 */
export function chartSays(
  document: JsonObject,
  limits: Limits,
): Pick<ArtifactMetadata, 'description' | 'homepage' | 'license' | 'keywords' | 'custom'> {
  const annotations = memberOf(document, 'annotations')
  const license = isJsonObject(annotations) ? memberOf(annotations, 'artifacthub.io/license') : undefined
  return {
    description: textOf(memberOf(document, 'description'), limits.textLength),
    homepage: textOf(memberOf(document, 'home'), limits.titleLength),
    license: textOf(license, limits.titleLength),
    keywords: keywordsIn(memberOf(document, 'keywords'), limits),
    custom: memberOf(document, 'deprecated') === true ? deprecated : emptyMetadata.custom,
  }
}

function keywordsIn(given: unknown, { termLength, termsPerArtifact }: Limits): readonly string[] {
  if (!Array.isArray(given)) return []
  const keywords = given
    .slice(0, termsPerArtifact)
    .map((keyword) => cutToKey(textOf(keyword, termLength)))
    .filter((keyword) => keyword !== '')
  return [...new Set(keywords)]
}

function textOf(given: unknown, most: number): string {
  return typeof given === 'string' ? cutToText(given, most) : ''
}
