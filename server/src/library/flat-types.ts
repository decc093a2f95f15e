import type { Visibility } from '../domain/artifact.ts'
import type { ArtifactType } from './artifact-type.ts'
import type { Skill, Sort } from './backend-types.ts'

/** What JSON can say. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue }

/**
 * An artifact with one of its versions, in one level. `id` names the artifact whatever its version. `version`, `isLatest`,
 * `sourceCode`, `ast` and `publishedAt` are of the version. What the artifact says of itself (name, description, tags, skills
 * and metadata) is what it says now, except where one version was asked for by its number: then it is what that one said.
 */
export interface FlatArtifact {
  readonly id: string
  /** Whose it is: any text. Empty where nobody was named. */
  readonly orgId: string
  readonly ownerId: string
  readonly name: string
  /** Unique among the artifacts of `orgId`, whatever their types. */
  readonly slug: string
  readonly type: ArtifactType
  readonly version: string
  /** The artifact stands at this version: it is what whoever names none gets. */
  readonly isLatest: boolean
  readonly sourceCode: string
  readonly ast?: JsonValue
  readonly metadata?: { readonly [name: string]: JsonValue }
  readonly description?: string
  readonly tags: readonly string[]
  readonly skills: readonly Skill[]
  readonly visibility: Visibility
  readonly downloads: number
  readonly stars: number
  readonly createdAt: Date
  readonly updatedAt: Date
  /** Since when this version stays as it is; undefined while it is a draft. */
  readonly publishedAt?: Date
  readonly deletedAt?: Date
}

/** A version, with what only versions have. */
export interface FlatVersion extends FlatArtifact {
  readonly published: boolean
  /** The kind's own document, where it has one; only of a version that was asked for by its number. */
  readonly document?: { readonly [name: string]: JsonValue }
  readonly changelog?: string
  /** The version that it was made from. */
  readonly parent?: string
  /** Why it should not be used any more. */
  readonly deprecated?: string
  /** Why it is not given any more to whoever does not name it. */
  readonly yanked?: string
  /** `createdAt` is that of the artifact. */
  readonly versionCreatedAt: Date
}

/** What `create` wants. What an artifact or a version that was read has besides is passed over; all else is refused. */
export interface NewFlatArtifact {
  readonly orgId?: string
  readonly ownerId?: string
  readonly name: string
  /** Made of the name where none is given. */
  readonly slug?: string
  readonly type: ArtifactType
  /** `0.1.0` where none is given. */
  readonly version?: string
  readonly sourceCode: string
  readonly ast?: unknown
  /** The kind's own document, an object that its schema takes; see the guide to kinds. Many kinds need none. */
  readonly document?: Readonly<Record<string, unknown>>
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly description?: string
  readonly tags?: readonly string[]
  readonly skills?: readonly Skill[]
  /** `public` where none is given. */
  readonly visibility?: Visibility
  readonly changelog?: string
  /** The first version is published at once, and stays as it is. */
  readonly published?: boolean
}

/**
 * What `update` changes. `metadata` and `document` are merged member by member, and null takes a member away; lists and plain values are
 * replaced. `id`, `orgId`, `slug` and `type` stay: they may be given as they are. What the registry counts and notes by
 * itself is passed over, so that an artifact which was read may be given back with something in it changed. All else is
 * refused.
 */
export interface FlatChanges
  extends Partial<Omit<NewFlatArtifact, 'ast' | 'metadata' | 'description'>>,
    Partial<
      Pick<
        FlatArtifact,
        'id' | 'isLatest' | 'downloads' | 'stars' | 'createdAt' | 'updatedAt' | 'publishedAt' | 'deletedAt'
      >
    > {
  /** null takes it away. New source without a new AST takes it away as well, for it is none of that source. */
  readonly ast?: unknown
  readonly metadata?: Readonly<Record<string, unknown>> | null
  readonly description?: string | null
}

/** What artifacts `find` looks for: all that is given must hold. */
export interface Filter {
  /** One, or any of many. */
  readonly type?: ArtifactType | readonly ArtifactType[]
  /** All of them. */
  readonly tags?: readonly string[]
  /** All of them, by their names. */
  readonly skills?: readonly string[]
  /** Empty: of nobody. No index knows whose an artifact is: it is walked, within `limits.scanTime`. */
  readonly orgId?: string
  /** As `orgId`. */
  readonly ownerId?: string
  /** true: those that have a published version. false: those that have none. */
  readonly published?: boolean
  /** true: those that were deleted too. A search engine finds none of them. */
  readonly deleted?: boolean
  /** One, or any of many. Every one where nothing is said: the application decides who sees what. */
  readonly visibility?: Visibility | readonly Visibility[]
  /**
   * true: the version that each artifact stands at. false: all others. Every version where nothing is said. What is filtered
   * and sorted by is what the artifact says of itself, so it has all of its versions in a list or none.
   */
  readonly isLatest?: boolean
  /** Words for the search engine; refused where there is none. Without `sort` the answer is in its order. */
  readonly text?: string
}

/** Which of them, and in which order. */
export interface Query extends Filter {
  /** From 1 to `limits.pageSize` (1,000); 100 where nothing is said. */
  readonly limit?: number
  /** Entries that are passed over. They are read nevertheless: a list goes deep by `after`. */
  readonly offset?: number
  /** `next` of the page before. */
  readonly after?: string
  /** Of artifacts: each has its versions together, the highest first. By `createdAt`, the oldest first, where nothing is said. */
  readonly sort?: Sort
}

/** A tag or a skill, and how many artifacts have it. */
export interface CountedName {
  readonly name: string
  readonly count: number
}
