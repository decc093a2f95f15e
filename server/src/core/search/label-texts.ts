import type { ArtifactMetadata } from '../../domain/artifact.ts'
import type { LabelField } from '../../domain/search.ts'
import { authorsIn } from '../artifacts/author.ts'

/** The short texts of an artifact beside its name and title, by what they are. */
export function labelsByField(metadata: ArtifactMetadata): Readonly<Record<LabelField, readonly string[]>> {
  const { topics, keywords, skills, capabilities, organization, license } = metadata
  return {
    topics,
    keywords,
    skills: skills.map(({ name }) => name),
    capabilities,
    organization: [organization],
    author: authorsIn(metadata),
    license: [license],
  }
}

/** All of them: by whose words it is found as well. */
export function labelTexts(metadata: ArtifactMetadata): readonly string[] {
  return Object.values(labelsByField(metadata))
    .flat()
    .filter((text) => text !== '')
}
