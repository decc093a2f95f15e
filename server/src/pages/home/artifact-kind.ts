import { mediaTypes } from '../../domain/media-type.ts'

/** What a person calls an artifact, and chooses the tool by. */
export type ArtifactKind = 'image' | 'index' | 'chart' | 'other'

export interface ArtifactTypes {
  readonly mediaType: string
  /** Empty where the manifest has none. */
  readonly artifactType: string
}

const kinds: ReadonlyMap<string, ArtifactKind> = new Map([
  [mediaTypes.ociConfig, 'image'],
  [mediaTypes.dockerConfig, 'image'],
  ['application/vnd.cncf.helm.config.v1+json', 'chart'],
  [mediaTypes.ociIndex, 'index'],
  [mediaTypes.dockerManifestList, 'index'],
])

export function kindOf(types: ArtifactTypes): ArtifactKind {
  return kinds.get(typeOf(types)) ?? 'other'
}

/** The kind's name, or the type as it stands where Lading has no name for it. */
export function shownType(types: ArtifactTypes): string {
  const kind = kindOf(types)
  return kind === 'other' ? typeOf(types) : kind
}

/** An index has a type of its own only where somebody gave it one. */
export function typeOf({ artifactType, mediaType }: ArtifactTypes): string {
  return artifactType === '' ? mediaType : artifactType
}
