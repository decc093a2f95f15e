import type { WholeVersion } from '../../boot/compose/artifacts.ts'
import type { Artifact as CoreArtifact, SkillUse } from '../../domain/artifact.ts'
import { isJsonObject, memberOf } from '../../domain/strict-json.ts'
import type { Artifact, ArtifactMetadata, ArtifactVersion, Skill } from '../backend-types.ts'

/** An artifact in the library's words, with what its author wrote. */
export function toldArtifact(artifact: CoreArtifact, source: string): Artifact {
  const { statistics } = artifact
  return {
    id: artifact.id,
    type: artifact.kind,
    metadata: toldMetadata(artifact),
    source,
    stats: {
      downloads: statistics.downloads,
      stars: statistics.stars,
      views: statistics.views,
      ...(statistics.lastAccessedAt !== undefined && { lastAccessed: new Date(statistics.lastAccessedAt) }),
    },
    createdAt: new Date(artifact.createdAt),
    updatedAt: new Date(artifact.updatedAt),
    published: artifact.published,
    deleted: artifact.deleted,
  }
}

/** What is not said is not there. */
function toldMetadata(artifact: CoreArtifact): Artifact['metadata'] {
  const metadata: { -readonly [Name in keyof Artifact['metadata']]: Artifact['metadata'][Name] } = {
    name: artifact.name,
    slug: artifact.slug,
    version: artifact.version ?? artifact.digest ?? '',
    tags: artifact.topics,
  }
  for (const name of texts) if (artifact[name] !== '') metadata[name] = artifact[name]
  if (artifact.skills.length > 0) metadata.skills = artifact.skills.map(toldSkill)
  if (artifact.keywords.length > 0) metadata.keywords = artifact.keywords
  if (Object.keys(artifact.custom).length > 0) metadata.custom = artifact.custom
  return metadata
}

const texts = [
  'description',
  'author',
  'authorEmail',
  'organization',
  'license',
  'repository',
  'homepage',
] as const satisfies readonly (keyof ArtifactMetadata)[]

/** A name alone is told as such, as it was most likely given. A copy: what it is made of may be remembered for others. */
export function toldSkill(skill: SkillUse): Skill {
  return skill.category === undefined && skill.proficiency === undefined ? skill.name : { ...skill }
}

export function toldVersion(version: Omit<WholeVersion, 'files'>): ArtifactVersion {
  const document = memberOf(version.document, 'document')
  return {
    artifactId: version.artifact,
    version: version.version,
    source: version.source,
    ...(isJsonObject(document) && { document }),
    ...(version.changelog !== '' && { changelog: version.changelog }),
    createdAt: new Date(version.createdAt),
    published: version.state === 'published',
  }
}
