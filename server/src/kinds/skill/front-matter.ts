import { longestText } from '../facts.ts'
import type { KindFacts, Problem } from '../kind.ts'
import { shown } from '../shared/place.ts'

/** What a SKILL.md says of itself between its first two lines of dashes, as far as it stands on one line. */
interface FrontMatter {
  readonly name?: string
  readonly description?: string
}

/** Longer than any front matter. */
const mostRead = 65_536
const longestName = 64
const longestDescription = 1_024

/** undefined where it has none. Reads the two members that everybody wants, and no YAML beyond that. */
function readFrontMatter(source: string): FrontMatter | undefined {
  const lines = source
    .slice(0, mostRead)
    .replace(/^\ufeff/, '')
    .split('\n')
  if (lines[0]?.trimEnd() !== '---') return undefined
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---')
  if (end === -1) return undefined
  const found: { name?: string; description?: string } = {}
  for (const [index, line] of lines.slice(0, end).entries()) {
    const [, member, value = ''] = /^(name|description):(.*)$/.exec(line.trimEnd()) ?? []
    if (member !== 'name' && member !== 'description') continue
    found[member] = plain(value.trim()) || continued(lines.slice(index + 1, end))
  }
  return found
}

/** A text over several lines, or one that begins on the next: indented below its member. */
function continued(lines: readonly string[]): string {
  const end = lines.findIndex((line) => !/^(?:\s|$)/.test(line))
  return (end === -1 ? lines : lines.slice(0, end))
    .map((line) => line.trim())
    .join(' ')
    .trim()
}

/** Without its quotes; empty where a text over several lines begins. */
function plain(value: string): string {
  if (/^[|>][+-]?[0-9]?$/.test(value)) return ''
  const quoted = /^"(.*)"$|^'(.*)'$/.exec(value)
  return quoted === null ? value : (quoted[1] ?? quoted[2] ?? '')
}

/** What those who load skills refuse. A source without front matter is not told to have one. */
export function frontMatterProblems(source: string): readonly Problem[] {
  const found = readFrontMatter(source)
  if (found === undefined) return []
  const reasons: string[] = []
  const { name = '', description = '' } = found
  if (name.length > longestName || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) {
    reasons.push(
      `the front matter of the source wants a name of at most ${longestName} of a-z 0-9 and single hyphens between them, not ${shown(name)}`,
    )
  }
  if (description === '') reasons.push('the front matter of the source wants a description')
  if (description.length > longestDescription)
    reasons.push(`the description in the front matter is longer than ${longestDescription} characters`)
  return reasons.map((reason) => ({ path: '', reason }))
}

export function frontMatterFacts(source: string): KindFacts {
  const { name = '', description = '' } = readFrontMatter(source) ?? {}
  const text = [name, description.slice(0, longestText).toWellFormed()].filter((one) => one !== '')
  return { dependencies: [], topics: [], text }
}
