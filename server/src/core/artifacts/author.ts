import type { ArtifactMetadata } from '../../domain/artifact.ts'

const address = '[^\\s<>()@,;]+@[^\\s<>()@,;]+'
/** `Ada Lovelace <ada@example.com>`, as Git writes it, or `Ada Lovelace (ada@example.com)`, as Helm does. */
const one = new RegExp(`^([^<>()]*[^<>() ]) ?(?:<(?:mailto:)?(${address})>|\\((?:mailto:)?(${address})\\))$`)
const several = /(?<=[>)]) ?[,;] ?/

/**
 * The name of an author and where to write to, of a text that has both. Several, each with an address, are names and addresses
 * with commas between. All else is a name.
 */
export function authorOf(text: string): Pick<ArtifactMetadata, 'author' | 'authorEmail'> {
  const parts = text.trim().replace(/\s+/g, ' ').split(several)
  const found = parts.map((part) => one.exec(part))
  const whole = { author: text, authorEmail: '' }
  // A name with a comma in it would be two.
  if (!found.every((match) => match !== null)) return whole
  const names = found.map((match) => match[1] ?? '')
  if (names.length > 1 && names.some((name) => name.includes(','))) return whole
  return {
    author: names.join(', '),
    authorEmail: found.map((match) => match[2] ?? match[3] ?? '').join(', '),
  }
}

/** The names of several authors who have an address each. */
export function authorsIn({
  author,
  authorEmail,
}: Pick<ArtifactMetadata, 'author' | 'authorEmail'>): readonly string[] {
  const names = author.split(', ')
  return names.length > 1 && names.length === authorEmail.split(', ').length ? names : [author]
}
