import type { Proficiency } from '../domain/artifact.ts'
import type { ArtifactType } from './artifact-type.ts'
import type { Result } from './result.ts'

/** A skill by its name, or with what it belongs to and how well it is mastered. */
export type Skill =
  | string
  | { readonly name: string; readonly category?: string; readonly proficiency?: Proficiency }

/** What people say of an artifact. `name` is its title, `tags` its topics. */
export interface ArtifactMetadata {
  readonly name: string
  /** Lower-case words joined by hyphens, unique among the artifacts of an organization; made of the name where it is not given. */
  readonly slug?: string
  readonly description?: string
  /** Of semver; `0.1.0` where none is given. */
  readonly version?: string
  readonly author?: string
  readonly authorEmail?: string
  readonly organization?: string
  readonly license?: string
  readonly repository?: string
  readonly homepage?: string
  readonly tags: readonly string[]
  readonly skills?: readonly Skill[]
  readonly keywords?: readonly string[]
  readonly custom?: Readonly<Record<string, unknown>>
}

export interface ArtifactStats {
  readonly downloads: number
  readonly stars: number
  readonly views: number
  readonly lastAccessed?: Date
}

/** An artifact with its latest version. `id` names it whatever its version. */
export interface Artifact {
  readonly id: string
  readonly type: ArtifactType
  readonly metadata: ArtifactMetadata & { readonly slug: string; readonly version: string }
  /** Text; what came by another door and is none stands as base64 in `custom`-free form: see `getVersion`. */
  readonly source: string
  readonly stats: ArtifactStats
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly published: boolean
  readonly deleted: boolean
}

/** What `create` wants. */
export interface NewArtifact {
  readonly type: ArtifactType
  readonly metadata: Omit<ArtifactMetadata, 'tags'> & { readonly tags?: readonly string[] }
  readonly source: string
  /** Its first version is published at once, and stays as it is. */
  readonly published?: boolean
}

/** What `update` changes: merged deeply; lists are replaced as a whole. */
export interface ArtifactChanges {
  readonly metadata?: Partial<ArtifactMetadata>
  readonly source?: string
  readonly published?: boolean
}

export interface ArtifactVersion {
  readonly artifactId: string
  readonly version: string
  readonly source: string
  readonly changelog?: string
  readonly createdAt: Date
  readonly published: boolean
}

export interface NewVersion {
  readonly version: string
  readonly source: string
  readonly changelog?: string
  readonly published?: boolean
}

export interface ArtifactFilter {
  /** One, or any of many. */
  readonly type?: ArtifactType | readonly ArtifactType[]
  /** Any of them. */
  readonly tags?: readonly string[]
  /** Any of them. */
  readonly skills?: readonly string[]
  readonly author?: string
  readonly organization?: string
  readonly published?: boolean
  /** True: those that were deleted too. */
  readonly deleted?: boolean
  /** Members that `custom` must have. */
  readonly custom?: Readonly<Record<string, unknown>>
}

export type SortField = 'name' | 'createdAt' | 'updatedAt' | 'downloads' | 'stars' | 'views'

export interface Sort {
  readonly field: SortField
  readonly order?: 'asc' | 'desc'
}

/** By number, or from where a page ended, which is as quick on the thousandth page as on the first. */
export type Pagination =
  | { readonly offset?: number; readonly limit?: number }
  | { readonly after: string; readonly limit?: number }

export interface FindOptions {
  readonly filter?: ArtifactFilter
  readonly sort?: Sort
  readonly pagination?: Pagination
}

export interface Page<T> {
  readonly items: readonly T[]
  /** For `pagination.after`; undefined on the last page. */
  readonly next?: string
}

export interface Health {
  readonly healthy: boolean
  /** One line for each part: `ok`, or what is wrong. */
  readonly parts: Readonly<Record<string, string>>
}

/** What can be done to artifacts, of a backend as of a transaction. Nothing throws. */
export interface Operations {
  create(artifact: NewArtifact): Promise<Result<Artifact>>
  read(id: string): Promise<Result<Artifact>>
  update(id: string, changes: ArtifactChanges): Promise<Result<Artifact>>
  /** From every list, and from `read`; its name stays taken until it is purged. */
  delete(id: string): Promise<Result<void>>
  /** For ever, with its versions. */
  purge(id: string): Promise<Result<void>>
  find(options?: FindOptions): Promise<Result<Page<Artifact>>>
  count(options?: { readonly filter?: ArtifactFilter }): Promise<Result<number>>
  createVersion(id: string, version: NewVersion): Promise<Result<ArtifactVersion>>
  /** The highest first. */
  listVersions(id: string): Promise<Result<readonly ArtifactVersion[]>>
  getVersion(id: string, version: string): Promise<Result<ArtifactVersion>>
}

/** Operations that become visible together, or not at all. */
export interface Transaction extends Operations {
  /** CONFLICT where what was read has changed since; VALIDATION where it is more than one change can hold. */
  commit(): Promise<Result<void>>
  rollback(): Promise<Result<void>>
}

/** Artifacts on an engine that keeps them. */
export interface Backend extends Operations {
  connect(): Promise<Result<void>>
  disconnect(): Promise<Result<void>>
  healthCheck(): Promise<Result<Health>>
  /**
   * Operations on it, and those on the backend itself in the async context that called this, are kept until `commit`.
   * One that is neither committed nor rolled back ends by itself.
   */
  beginTransaction(): Promise<Result<Transaction>>
}
