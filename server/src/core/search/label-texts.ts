import type { ArtifactMetadata } from '../../domain/artifact.ts'
import { authorsIn } from '../artifacts/author.ts'

/** The short texts of an artifact beside its name and title: by whose words it is found as well. */
export function labelTexts(metadata: ArtifactMetadata): readonly string[] {
  const { topics, keywords, skills, capabilities, organization, license } = metadata
  const names = skills.map(({ name }) => name)
  return [
    ...topics,
    ...keywords,
    ...names,
    ...capabilities,
    organization,
    ...authorsIn(metadata),
    license,
  ].filter((text) => text !== '')
}
