import { type SearchField, searchFields } from '../../domain/search.ts'
import type { Clause } from '../../ports/search/search.ts'
import { metadataOf } from '../artifacts/artifact-rows.ts'
import type { ArtifactRow } from '../artifacts/tables.ts'
import type { Snippet } from './search-request.ts'
import { splitText, type TextWord } from './text/split-text.ts'

/** Of a long text so much is shown around the first words that were looked for. */
const longest = 200
const before = 60

/** The texts of an artifact in which something stands that was looked for, with what that is; one for each field. */
export function makeSnippets(
  row: ArtifactRow,
  source: string,
  clauses: readonly Clause[],
): readonly Snippet[] {
  if (clauses.length === 0) return []
  const texts = textsOf(row, source)
  return searchFields.flatMap((field) => {
    const here = clauses.filter(({ fields }) => fields === undefined || fields.includes(field))
    for (const text of texts[field]) {
      const marks = marksIn(text, here)
      if (marks.length > 0) return [{ field, ...cut(text, marks) }]
    }
    return []
  })
}

function textsOf(row: ArtifactRow, source: string): Record<SearchField, readonly string[]> {
  const { name, description, topics, keywords, skills, capabilities } = metadataOf(row)
  return {
    name: [row.slug],
    title: name === row.slug ? [] : [name],
    description: [description],
    topics: [...topics, ...keywords, ...skills.map((skill) => skill.name), ...capabilities],
    source: [source],
  }
}

/** Where something stands that one of the clauses wants: from, to; in order, and none over another. */
function marksIn(text: string, clauses: readonly Clause[]): (readonly [number, number])[] {
  const [words, wholes] = wordsIn(text)
  const found: (readonly [number, number])[] = []
  for (const { alternatives } of clauses)
    for (const { words: wanted, prefix } of alternatives) {
      found.push(...runsOf(words, wanted, prefix))
      if (wanted.length === 1) found.push(...runsOf(wholes, wanted, prefix))
    }
  return joinedUp(found)
}

function wordsIn(text: string): readonly [readonly TextWord[], readonly TextWord[]] {
  const runs = [...splitText(text)]
  return [
    runs.flatMap(({ words }) => words),
    runs.flatMap(({ whole }) => (whole === undefined ? [] : [whole])),
  ]
}

function* runsOf(
  words: readonly TextWord[],
  wanted: readonly string[],
  prefix: boolean,
): Generator<readonly [number, number]> {
  const last = wanted.length - 1
  for (let at = 0; at + last < words.length; at++) {
    const holds = wanted.every((word, n) => {
      const here = words[at + n]?.word ?? ''
      return prefix && n === last ? here.startsWith(word) : here === word
    })
    const [first, end] = [words[at], words[at + last]]
    if (holds && first !== undefined && end !== undefined) yield [first.start, end.end]
  }
}

function joinedUp(marks: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = []
  for (const [from, to] of marks.toSorted(([a, x], [b, y]) => a - b || y - x)) {
    const last = found.at(-1)
    if (last === undefined || from >= last[1]) found.push([from, to])
    else if (to > last[1]) found[found.length - 1] = [last[0], to]
  }
  return found
}

/** A piece around the first mark, from the start of a word on, in one line. */
function cut(text: string, marks: readonly (readonly [number, number])[]): Omit<Snippet, 'field'> {
  const [first = 0] = marks[0] ?? []
  let from = text.length <= longest ? 0 : Math.max(0, first - before)
  if (from > 0) from = Math.min(first, text.indexOf(' ', from) + 1 || first)
  let to = Math.min(text.length, from + longest)
  if (to < text.length)
    to = Math.max(marks[0]?.[1] ?? to, text.lastIndexOf(' ', to) > from ? text.lastIndexOf(' ', to) : to)
  const shown = text
    .slice(from, to)
    .toWellFormed()
    .replaceAll(/[\r\n\t\v\f]/g, ' ')
  const [head, tail] = [from > 0 ? '… ' : '', to < text.length ? ' …' : '']
  const within = marks.filter(([start, end]) => start >= from && end <= to)
  return {
    text: `${head}${shown}${tail}`,
    marks: within.map(([start, end]) => [start - from + head.length, end - from + head.length] as const),
  }
}
