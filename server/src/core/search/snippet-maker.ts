import { type MatchField, type SearchField, searchFields } from '../../domain/search.ts'
import { type WantedWords, WordFinder } from '../../domain/word-finder.ts'
import type { Clause } from '../../ports/search/search.ts'
import { metadataOf } from '../artifacts/artifact-rows.ts'
import type { ArtifactRow } from '../artifacts/tables.ts'
import { labelsByField } from './label-texts.ts'
import type { Snippet } from './search-request.ts'
import { splitText, type TextWord } from './text/split-text.ts'

/** Of a long text so much is shown around the first words that were looked for. */
const longest = 200
const before = 60

/** Of an artifact and the beginning of its source. */
export type SnippetMaker = (row: ArtifactRow, source: string) => readonly Snippet[]

/** The texts of an artifact in which something stands that was looked for, with what that is; one of each sort. */
export function snippetMaker(clauses: readonly Clause[]): SnippetMaker {
  if (clauses.length === 0) return () => []
  const marksIn = searchFields.map((field) => {
    const here = clauses.filter(({ fields }) => fields === undefined || fields.includes(field))
    return [field, markerOf(here.flatMap(({ alternatives }) => alternatives))] as const
  })
  return (row, source) => {
    const texts = textsOf(row, source)
    return marksIn.flatMap(([sought, mark]) =>
      Object.entries(texts[sought]).flatMap(([field, given]): Snippet[] => {
        for (const text of given) {
          const marks = mark(text)
          if (marks.length > 0) return [{ field: field as MatchField, ...cut(text, marks) }]
        }
        return []
      }),
    )
  }
}

type Texts = Readonly<Partial<Record<MatchField, readonly string[]>>>

/** What is looked for in one field may stand in texts of several sorts. */
function textsOf(row: ArtifactRow, source: string): Readonly<Record<SearchField, Texts>> {
  const metadata = metadataOf(row)
  const { name, description } = metadata
  return {
    name: { name: [row.slug] },
    title: { title: name === row.slug ? [] : [name] },
    description: { description: [description] },
    topics: { ...labelsByField(metadata), namespace: [row.namespace] },
    source: { source: [source] },
  }
}

/** Tells where something stands that is wanted: from, to; in order, and none over another. */
function markerOf(wanted: readonly WantedWords[]): (text: string) => (readonly [number, number])[] {
  const single = wanted.filter(({ words }) => words.length === 1)
  const [words, wholes] = [new WordFinder(wanted), new WordFinder(single)]
  return (text) => {
    if (text === '' || wanted.length === 0) return []
    const runs = [...splitText(text)]
    const found: (readonly [number, number])[] = []
    const mark = (finder: WordFinder, given: readonly TextWord[], of: readonly WantedWords[]): void =>
      finder.find(
        given.map(({ word }) => word),
        (which, at) => {
          const [first, end] = [given[at], given[at + (of[which]?.words.length ?? 1) - 1]]
          if (first !== undefined && end !== undefined) found.push([first.start, end.end])
        },
      )
    mark(
      words,
      runs.flatMap((run) => run.words),
      wanted,
    )
    mark(
      wholes,
      runs.flatMap(({ whole }) => (whole === undefined ? [] : [whole])),
      single,
    )
    return joinedUp(found)
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
