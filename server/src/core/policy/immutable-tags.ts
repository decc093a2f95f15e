import { RegistryError } from '../../domain/error.ts'
import { matchesGlob } from '../../domain/glob.ts'
import { namespaceOf, type RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'

/** Globs by namespace, `*` for those that have none of their own. A tag is immutable where the last glob that fits it has no leading `!`. */
export interface ImmutableTags {
  get(namespace: string): readonly string[] | undefined
  /** What holds in a namespace beside these, and takes nothing out of them. */
  ownOf?(namespace: string): readonly string[]
}

/** The glob that makes the tag immutable in that repository, or undefined where it may move. */
export function immutableBy(rules: ImmutableTags, repository: RepositoryName, tag: Tag): string | undefined {
  const namespace = namespaceOf(repository)
  return (
    takenIn(rules.get(namespace) ?? rules.get('*') ?? [], tag) ?? takenIn(rules.ownOf?.(namespace) ?? [], tag)
  )
}

function takenIn(globs: readonly string[], tag: Tag): string | undefined {
  const decided = decidingGlob(globs, tag)
  return decided?.startsWith('!') ? undefined : decided
}

/** The last glob that fits, with the `!` that takes out again. undefined: none does. */
export function decidingGlob(globs: readonly string[], text: string): string | undefined {
  return globs.findLast((glob) => matchesGlob(glob.startsWith('!') ? glob.slice(1) : glob, text))
}

/** @throws RegistryError `tag-immutable` */
export function requireMovable(rules: ImmutableTags, repository: RepositoryName, tag: Tag): void {
  const pattern = immutableBy(rules, repository, tag)
  if (pattern !== undefined) throw new RegistryError('tag-immutable', { tag, pattern })
}
