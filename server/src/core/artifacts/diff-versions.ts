import type { ReadVersion } from './read-version.ts'
import type { EdgeRow } from './tables.ts'

/** A value that is not the same in two versions. */
export interface FieldChange {
  /** A JSON pointer into the document. */
  readonly path: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly before?: unknown
  readonly after?: unknown
}

/** Lines of a text, in the order in which a reader goes through both. */
export interface LineChange {
  readonly change: 'same' | 'added' | 'removed'
  readonly text: string
}

export interface NamedChange {
  readonly name: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly before?: string
  readonly after?: string
}

export interface VersionDiff {
  readonly fields: readonly FieldChange[]
  /** undefined: too long to be compared line by line, or no text. */
  readonly source: readonly LineChange[] | undefined
  readonly sourceChanged: boolean
  readonly dependencies: readonly NamedChange[]
  readonly files: readonly NamedChange[]
}

export interface DiffSide {
  readonly version: ReadVersion
  readonly edges: readonly EdgeRow[]
}

const mostLines = 20_000

/** What changed from one version to another. */
export function diffVersions(one: DiffSide, other: DiffSide): VersionDiff {
  const [before, after] = [one.version, other.version]
  const sourceChanged = Buffer.compare(before.source, after.source) !== 0
  return {
    fields: changedFields(before.document, after.document),
    source: sourceChanged ? changedLines(textOf(before.source), textOf(after.source)) : [],
    sourceChanged,
    dependencies: changedNames(rangesOf(one.edges), rangesOf(other.edges)),
    files: changedNames(filesOf(before), filesOf(after)),
  }
}

function changedFields(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names].sort().flatMap((name) => {
      const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      if (!Object.hasOwn(before, name)) return [{ path: at, change: 'added' as const, after: after[name] }]
      if (!Object.hasOwn(after, name)) return [{ path: at, change: 'removed' as const, before: before[name] }]
      return changedFields(before[name], after[name], at)
    })
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, change: 'changed', before, after }]
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function changedNames(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): NamedChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names.flatMap((name): NamedChange[] => {
    const [was, is] = [before.get(name), after.get(name)]
    if (was === is) return []
    if (was === undefined) return [{ name, change: 'added', after: is ?? '' }]
    if (is === undefined) return [{ name, change: 'removed', before: was }]
    return [{ name, change: 'changed', before: was, after: is }]
  })
}

function rangesOf(edges: readonly EdgeRow[]): ReadonlyMap<string, string> {
  return new Map(edges.map(({ relation, target, range }) => [`${relation} ${target}`, range]))
}

function filesOf({ manifest }: ReadVersion): ReadonlyMap<string, string> {
  return new Map(
    manifest.layers.map(({ annotations, digest }, at) => [
      annotations?.['org.opencontainers.image.title'] ?? `layer ${at}`,
      digest,
    ]),
  )
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Myers' greedy way (1986) would do; a library does. Bounded, since it takes time with the number of changes. */
function changedLines(
  before: string | undefined,
  after: string | undefined,
): readonly LineChange[] | undefined {
  if (before === undefined || after === undefined) return undefined
  const [old, now] = [before.split('\n'), after.split('\n')]
  if (old.length + now.length > mostLines) return undefined
  return linesBetween(old, now)
}

declare function linesBetween(
  old: readonly string[],
  now: readonly string[],
): readonly LineChange[] | undefined
