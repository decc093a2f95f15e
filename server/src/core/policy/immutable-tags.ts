import { RegistryError } from '../../domain/error.ts'
import { namespaceOf, type RepositoryName } from '../../domain/repository-name.ts'
import type { Tag } from '../../domain/tag.ts'

/** Globs by namespace, `*` for those that have none of their own. A tag is immutable where the last glob that fits it has no leading `!`. */
export type ImmutableTags = ReadonlyMap<string, readonly string[]>

/** The glob that makes the tag immutable in that repository, or undefined where it may move. */
export function immutableBy(rules: ImmutableTags, repository: RepositoryName, tag: Tag): string | undefined {
  const globs = rules.get(namespaceOf(repository)) ?? rules.get('*') ?? []
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

/** `*` stands for any run of characters, also none; everything else for itself. Linear in the text for each star. */
export function matchesGlob(glob: string, text: string): boolean {
  const parts = glob.split('*')
  const [first = '', ...rest] = parts
  if (rest.length === 0) return text === first
  if (!text.startsWith(first)) return false
  const last = rest.pop() ?? ''
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
