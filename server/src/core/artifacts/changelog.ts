import { isSemver, parseSemver } from '../../domain/semver.ts'
import { semverKey } from '../../domain/semver-key.ts'
import { isJsonObject } from '../../domain/strict-json.ts'
import type { Content, DependencyChange, FileChange, SourceChange, VersionDiff } from './diff-versions.ts'
import type { FieldChange } from './field-diff.ts'

export interface ChangelogOf {
  readonly from: string
  readonly to: string
  /** Characters that it may have: `limits.textLength`. */
  readonly limit: number
}

const sections = ['Added', 'Changed', 'Removed', 'Dependencies'] as const
type Section = (typeof sections)[number]
type Entry = readonly [Section, string]

/** Entries of a section that are told one by one, at most. */
const mostEntries = 50
/** Characters of one value; what is longer is not shown. */
const mostShown = 60

/**
 * What changed, for people, in Markdown with the sections of "Keep a Changelog". It is a proposal: what the author writes
 * takes its place. The same difference makes the same text. What others have written stands as code, and is no Markdown.
 */
export function changelogOf(diff: VersionDiff, { from, to, limit }: ChangelogOf): string {
  const entries = [
    ...diff.fields.filter(({ path }) => path !== '/version').flatMap(fieldEntries),
    ...sourceEntries(diff.source),
    ...diff.files.filter((file) => !isSource(file, diff.source)).map(fileEntry),
    ...diff.dependencies.map(dependencyEntry),
  ]
  const head = `## ${to}\n\n${stepLine(from, to)}`
  const body = entries.length === 0 ? 'Nothing but the version has changed.\n' : undefined
  let text = `${head}${body ?? written(entries, mostEntries)}`
  for (let most = mostEntries / 2; text.length > limit && most >= 1; most /= 2)
    text = `${head}${body ?? written(entries, Math.floor(most))}`
  return text.length <= limit ? text : wholeLines(text, limit)
}

function wholeLines(text: string, limit: number): string {
  return text.slice(0, text.lastIndexOf('\n', limit - 1) + 1)
}

function stepLine(from: string, to: string): string {
  const step = stepBetween(from, to)
  return step === undefined ? `Compared with ${code(from)}.\n\n` : `${step} compared with ${code(from)}.\n\n`
}

/** What a reader may expect of it (Semantic Versioning, sections 6 to 10). undefined: one of them is no version. */
function stepBetween(from: string, to: string): string | undefined {
  if (!isSemver(from) || !isSemver(to)) return undefined
  const [one, other] = [parseSemver(from), parseSemver(to)]
  if (Buffer.compare(semverKey(one), semverKey(other)) > 0) return 'An earlier version'
  const part = (['major', 'minor', 'patch'] as const).find((name) => one[name] !== other[name])
  const isEarly = other.prerelease.length > 0
  if (part !== undefined) return `${isEarly ? 'A pre-release of a' : 'A'} ${part} version`
  if (one.prerelease.join('.') === other.prerelease.join('.')) return 'Another build'
  return isEarly ? 'Another pre-release' : 'The release'
}

function written(entries: readonly Entry[], most: number): string {
  return sections
    .flatMap((section) => {
      const lines = entries.filter(([of]) => of === section).map(([, line]) => `- ${line}\n`)
      if (lines.length === 0) return []
      const more = lines.length > most ? [`- and ${lines.length - most} more\n`] : []
      return [`### ${section}\n\n${[...lines.slice(0, most), ...more].join('')}`]
    })
    .join('\n')
}

function fieldEntries({ path, change, before, after, entries }: FieldChange): readonly Entry[] {
  const name = code(path === '' ? 'document' : path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~'))
  if (entries !== undefined) {
    const { added, removed } = entries
    if (added.length === 0 && removed.length === 0) return [['Changed', `${name}: in another order`]]
    return [...listed('Added', name, added), ...listed('Removed', name, removed)]
  }
  switch (change) {
    case 'added':
      return Array.isArray(after) ? listed('Added', name, after) : [['Added', withValue(name, after)]]
    case 'removed':
      return Array.isArray(before) ? listed('Removed', name, before) : [['Removed', withValue(name, before)]]
    case 'changed': {
      const [was, is] = [shown(before), shown(after)]
      return [['Changed', was === undefined || is === undefined ? name : `${name}: ${was} → ${is}`]]
    }
  }
}

/** Entries that can be shown, in one line; how many, where some cannot. */
function listed(section: Section, name: string, entries: readonly unknown[]): readonly Entry[] {
  const values = entries.slice(0, mostEntries).map(shown)
  if (values.includes(undefined) || entries.length > values.length || entries.length === 0)
    return [[section, `${name}: ${counted(entries.length, 'entry', 'entries')}`]]
  return [[section, `${name}: ${values.join(', ')}`]]
}

function withValue(name: string, value: unknown): string {
  const text = shown(value)
  return text === undefined ? name : `${name}: ${text}`
}

/** undefined: it would be too long to be read in a list. */
function shown(value: unknown): string | undefined {
  if (isJsonObject(value)) return Object.hasOwn(value, 'name') ? shown(value['name']) : undefined
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length <= mostShown && text !== '' ? code(text) : undefined
}

function sourceEntries(source: SourceChange | undefined): readonly Entry[] {
  if (source === undefined) return []
  if (source.before === undefined) return [['Added', `source, ${bytes(source.after)}`]]
  if (source.after === undefined) return [['Removed', `source, ${bytes(source.before)}`]]
  return [['Changed', `source: ${howChanged(source)}`]]
}

function howChanged({ before, after, form, text }: SourceChange): string {
  if (text === undefined) {
    const sizes = `${bytes(after)} instead of ${bytes(before)}`
    return form === 'binary' ? sizes : `largely another one, ${sizes}`
  }
  const count = (wanted: string): number => text.lines.filter(({ change }) => change === wanted).length
  const [added, removed] = [count('added'), count('removed')]
  const { lineEndings } = text
  const ways = [
    ...(added > 0 ? [`${counted(added, 'line', 'lines')} added`] : []),
    ...(removed > 0 ? [`${counted(removed, 'line', 'lines')} removed`] : []),
    ...(lineEndings ? [`line endings ${lineEndings.before} → ${lineEndings.after}`] : []),
  ]
  return ways.join(', ')
}

/** It has been told of already. */
function isSource({ before, after }: FileChange, source: SourceChange | undefined): boolean {
  return (
    source !== undefined && before?.digest === source.before?.digest && after?.digest === source.after?.digest
  )
}

function fileEntry({ name, change, before, after }: FileChange): Entry {
  switch (change) {
    case 'added':
      return ['Added', `file ${code(name)}, ${bytes(after)}`]
    case 'removed':
      return ['Removed', `file ${code(name)}, ${bytes(before)}`]
    case 'changed':
      return ['Changed', `file ${code(name)}: ${bytes(after)} instead of ${bytes(before)}`]
  }
}

function dependencyEntry({ relation, target, change, before, after }: DependencyChange): Entry {
  const [was, is] = [rangeOf(before), rangeOf(after)]
  const what = `${code(target)} (${code(relation)})`
  switch (change) {
    case 'added':
      return ['Dependencies', `Added ${what}, ${is}`]
    case 'removed':
      return ['Dependencies', `Removed ${what}, ${was}`]
    case 'changed':
      return ['Dependencies', `${what}: ${was} → ${is}`]
  }
}

function rangeOf(range = ''): string {
  return range === '' ? 'any version' : code(range)
}

function bytes(content: Content | undefined): string {
  return counted(content?.size ?? 0, 'byte', 'bytes')
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

/** A code span (CommonMark 6.1) between more backticks than are within, in one line, without what turns text around. */
function code(text: string): string {
  const line = text
    .slice(0, 4 * mostShown)
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim()
  const clipped = line.length > 2 * mostShown ? `${line.slice(0, 2 * mostShown)}…`.toWellFormed() : line
  const longest = Math.max(0, ...(clipped.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  const isTouching = clipped.startsWith('`') || clipped.endsWith('`') || clipped === ''
  return isTouching ? `${fence} ${clipped} ${fence}` : `${fence}${clipped}${fence}`
}
