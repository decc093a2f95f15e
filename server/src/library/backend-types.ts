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
  /** What its author wrote. Where that is no text, as in an image, the manifest of the version, as JSON. */
  readonly source: string
  readonly stats: ArtifactStats
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly published: boolean
  readonly deleted: boolean
}

/** What `create` wants. What an artifact that was read has besides is passed over, so that it can be given; all else is refused. */
export interface NewArtifact {
  readonly type: ArtifactType
  readonly metadata: Omit<ArtifactMetadata, 'tags'> & { readonly tags?: readonly string[] }
  readonly source: string
  /** The kind's own document, an object that its schema takes; see the guide to kinds. Many kinds need none. */
  readonly document?: Readonly<Record<string, unknown>>
  /** Its first version is published at once, and stays as it is. */
  readonly published?: boolean
}

/**
 * What `update` changes. Merged deeply: members of `custom` one by one, and null takes one away; lists are replaced as a whole.
 * A `metadata.version` that is not there yet makes that version. `metadata.slug` and
 * `metadata.organization` stay: they may be given as they are. What an artifact that was read has besides is passed over, so
 * that it can be given back; all else is refused.
 */
export interface ArtifactChanges {
  readonly metadata?: Partial<ArtifactMetadata>
  readonly source?: string
  /** Merged as `custom` is. */
  readonly document?: Readonly<Record<string, unknown>>
  readonly published?: boolean
}

export interface ArtifactVersion {
  readonly artifactId: string
  readonly version: string
  readonly source: string
  /** The kind's own document, where it has one. */
  readonly document?: Readonly<Record<string, unknown>>
  readonly changelog?: string
  readonly createdAt: Date
  readonly published: boolean
}

/**
 * What `createVersion` wants. Where no changelog is given, one is made of what has changed. Other members than those of a
 * version that was read are refused.
 */
export interface NewVersion {
  readonly version: string
  readonly source: string
  /** Merged into that of the version before, as `custom` is. */
  readonly document?: Readonly<Record<string, unknown>>
  readonly changelog?: string
  readonly published?: boolean
}

export interface ArtifactFilter {
  /** One, or any of many. A list of nothing, here and below, asks for nothing in particular. */
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
  /** Members that `custom` must have, with these values. No index knows them: it is walked, within `limits.scanTime`. */
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

/** Without `sort`, in the order in which they were made; without `pagination`, the first hundred. */
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
  /** From every list, and from `read`; its slug stays taken until it is purged. */
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

/**
 * Operations that become visible together, or not at all. Each reads what was written before it here. Checked at `commit`
 * are what `read` has answered, and what was changed here: it must be as whichever operation met it first has met it. What
 * others have met, such as `find` and `count`, and nothing here has changed, is not.
 *
 * Once it has ended, everything that is asked of it is CONFLICT. One that nobody has ended within `limits.transactionTime`
 * is rolled back, and from then on everything that is asked of it is TIMEOUT.
 */
export interface Transaction extends Operations {
  /**
   * CONFLICT: what was read or changed here has been changed by others. VALIDATION: it is more than one change can hold.
   * After either nothing was written, and it has ended. After UNAVAILABLE and UNKNOWN_OUTCOME it can be called again, and
   * does not do anything twice.
   */
  commit(): Promise<Result<void>>
  rollback(): Promise<Result<void>>
}

/** Artifacts on an engine that keeps them. */
export interface Backend extends Operations {
  /** Opens what it stands on. Again is well. */
  connect(): Promise<Result<void>>
  /** Rolls open transactions back, lets what is under way end, and closes everything. Again is well. */
  disconnect(): Promise<Result<void>>
  healthCheck(): Promise<Result<Health>>
  /**
   * Operations on the transaction are kept until its `commit`, and so are those on this backend in the async context that
   * called this, and in all that is called from there, until the transaction is ended. Call it where the work is done and
   * wait for it at once: what else is begun in the same turn before anybody waits, as by `Promise.all`, inherits the context
   * of a function that was called to begin a transaction for its caller.
   */
  beginTransaction(): Promise<Result<Transaction>>
}
