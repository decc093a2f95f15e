/**
 * Which tags of a namespace may go. A rule speaks of the tags that fit one of its globs, in the repositories that fit
 * one of its others; a leading `!` takes out again. A tag that no rule speaks of stays, and so does one that any rule
 * which speaks of it keeps.
 */
export interface RetentionRule {
  /** Globs of repository names, with their namespace. */
  readonly repositories: readonly string[]
  readonly tags: readonly string[]
  /** The tags of the rule that were moved last stay, this many in each repository. */
  readonly keepNewest?: number
  /** ms: what was pulled so lately stays. */
  readonly keepPulledWithin?: number
  /** ms: what was moved so lately stays. */
  readonly keepPushedWithin?: number
}

export interface Retention {
  readonly tags: readonly RetentionRule[]
  /** ms after which a manifest goes that nothing names and nobody has pushed or pulled since. undefined: never. */
  readonly untagged?: number
}

/** By namespace, `*` for each of those that have none of their own. */
export type Retentions = ReadonlyMap<string, Retention>

const keepsAll: Retention = Object.freeze({ tags: Object.freeze([]) })

export function retentionOf(retentions: Retentions, namespace: string): Retention {
  return retentions.get(namespace) ?? retentions.get('*') ?? keepsAll
}
