import type { ArtifactId } from './artifact-id.ts'
import type { Digest } from './digest.ts'
import type { JsonObject } from './strict-json.ts'

export const proficiencies = ['beginner', 'intermediate', 'expert'] as const
export type Proficiency = (typeof proficiencies)[number]

/** Something that an artifact can do, and how well. */
export interface SkillUse {
  readonly name: string
  readonly category?: string
  readonly proficiency?: Proficiency
}

export const visibilities = ['public', 'unlisted', 'private'] as const
/** `unlisted`: whoever knows its name gets it; no list has it. */
export type Visibility = (typeof visibilities)[number]

/** What people say of an artifact. Empty text and empty lists: nothing is said. */
export interface ArtifactMetadata {
  /** The title. */
  readonly name: string
  readonly description: string
  readonly author: string
  readonly authorEmail: string
  readonly organization: string
  /** An SPDX expression, as it was given. */
  readonly license: string
  /** Where its source is developed. */
  readonly repository: string
  readonly homepage: string
  readonly language: string
  readonly category: string
  readonly platformVersion: string
  readonly capabilities: readonly string[]
  /** Words that it is found by. */
  readonly topics: readonly string[]
  readonly skills: readonly SkillUse[]
  readonly keywords: readonly string[]
  readonly custom: JsonObject
}

export interface ArtifactStatistics {
  readonly downloads: number
  readonly stars: number
  readonly views: number
  /** ms since 1970; undefined: never. */
  readonly lastAccessedAt?: number
}

/** An artifact as it stands, with what its latest version says. Times in ms since 1970. */
export interface Artifact extends ArtifactMetadata {
  readonly id: ArtifactId
  readonly kind: string
  readonly namespace: string
  readonly slug: string
  readonly owner: string
  readonly visibility: Visibility
  /** The one that it stands at: what whoever names none gets. undefined where its tags name no versions. */
  readonly version?: string
  /** Of that version's manifest; undefined before the first. */
  readonly digest?: Digest
  /** Of the blob that its author's text is; undefined where the manifest says more than any text. */
  readonly source?: Digest
  readonly published: boolean
  readonly deleted: boolean
  readonly statistics: ArtifactStatistics
  readonly createdAt: number
  readonly updatedAt: number
  readonly publishedAt?: number
  readonly deletedAt?: number
}

/** One version. What it consists of is the manifest of that digest. */
export interface ArtifactVersion {
  readonly artifact: ArtifactId
  readonly version: string
  readonly digest: Digest
  readonly state: 'draft' | 'published'
  /** The version that it was made from. */
  readonly parent?: string
  readonly changelog: string
  /** Why it should not be used any more. */
  readonly deprecated?: string
  /** Why it is not resolved to any more; whoever names it exactly still gets it. */
  readonly yanked?: string
  readonly createdAt: number
  readonly publishedAt?: number
}

/** Artifacts that somebody has put together, in an order of their own. Times in ms since 1970. */
export interface Collection {
  readonly id: string
  readonly owner: string
  /** Unique among those of the owner. */
  readonly slug: string
  readonly name: string
  readonly description: string
  readonly visibility: Visibility
  /** Ids. */
  readonly artifacts: readonly string[]
  readonly createdAt: number
  readonly updatedAt: number
}

export const emptyMetadata: ArtifactMetadata = {
  name: '',
  description: '',
  author: '',
  authorEmail: '',
  organization: '',
  license: '',
  repository: '',
  homepage: '',
  language: '',
  category: '',
  platformVersion: '',
  capabilities: [],
  topics: [],
  skills: [],
  keywords: [],
  custom: {},
}
