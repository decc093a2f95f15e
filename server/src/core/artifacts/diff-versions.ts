import type { Annotations, Descriptor } from '../../domain/descriptor.ts'
import type { Digest } from '../../domain/digest.ts'
import { changedFields, type FieldChange } from './field-diff.ts'
import { diffText, type TextDiff } from './line-diff.ts'
import type { ReadVersion } from './read-version.ts'
import type { EdgeRow } from './tables.ts'
import { unifiedDiff } from './unified-diff.ts'
import { textOf } from './version-source.ts'

/** Bytes that a version holds. */
export interface Content {
  readonly digest: Digest
  readonly size: number
}

/** A source that is not the same. `before` or `after` is missing where one of the versions has no source. */
export interface SourceChange {
  readonly before?: Content
  readonly after?: Content
  /** `too-different`: text, but too long or too much of it changed to be shown line by line. */
  readonly form: 'text' | 'binary' | 'too-different'
  /** Of text. */
  readonly text?: TextDiff & {
    /** As `diff -u` writes it, with three lines around each change. */
    readonly unified: string
  }
}

export interface DependencyChange {
  readonly relation: string
  readonly target: string
  readonly change: 'added' | 'removed' | 'changed'
  /** Ranges; empty: any version. */
  readonly before?: string
  readonly after?: string
}

/** A layer by its title, or a manifest of an index by its platform; what has neither, by its digest. */
export interface FileChange {
  readonly name: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly before?: Content
  readonly after?: Content
}

/** What changed from one version to another: nothing depends on when or where it is asked. */
export interface VersionDiff {
  /** Of the documents, in the order of their paths. */
  readonly fields: readonly FieldChange[]
  /** undefined: it is the same, or neither has one. */
  readonly source: SourceChange | undefined
  readonly dependencies: readonly DependencyChange[]
  readonly files: readonly FileChange[]
}

export interface DiffSide {
  readonly version: ReadVersion
  readonly edges: readonly EdgeRow[]
}

export function diffVersions(one: DiffSide, other: DiffSide): VersionDiff {
  return {
    fields: changedFields(one.version.document, other.version.document),
    source: changedSource(one.version, other.version),
    dependencies: changedDependencies(one.edges, other.edges),
    files: changedFiles(filesOf(one.version), filesOf(other.version)),
  }
}

function changedSource(before: ReadVersion, after: ReadVersion): SourceChange | undefined {
  if (before.sourceDigest === after.sourceDigest) return undefined
  const contents = {
    ...(before.sourceDigest && { before: { digest: before.sourceDigest, size: before.source.length } }),
    ...(after.sourceDigest && { after: { digest: after.sourceDigest, size: after.source.length } }),
  }
  const [old, now] = [readableText(before.source), readableText(after.source)]
  if (old === undefined || now === undefined) return { ...contents, form: 'binary' }
  const text = diffText(old, now)
  if (text === undefined) return { ...contents, form: 'too-different' }
  const unified = unifiedDiff(text.lines, { before: before.version, after: after.version })
  return { ...contents, form: 'text', text: { ...text, unified } }
}

/** Bytes with a NUL may happen to be UTF-8; nobody would read them. */
function readableText(bytes: Uint8Array): string | undefined {
  return bytes.includes(0) ? undefined : textOf(bytes)
}

function changedDependencies(before: readonly EdgeRow[], after: readonly EdgeRow[]): DependencyChange[] {
  return changesBetween(byRelation(before), byRelation(after), (was, is) => was.range === is.range).map(
    ({ was, is, ...change }) => {
      const { relation, target } = is ?? was
      return {
        relation,
        target,
        change: change.change,
        ...(was && { before: was.range }),
        ...(is && { after: is.range }),
      }
    },
  )
}

function byRelation(edges: readonly EdgeRow[]): ReadonlyMap<string, EdgeRow> {
  return new Map(edges.map((edge) => [JSON.stringify([edge.relation, edge.target]), edge]))
}

function changedFiles(
  before: ReadonlyMap<string, Content>,
  after: ReadonlyMap<string, Content>,
): FileChange[] {
  return changesBetween(before, after, (was, is) => was.digest === is.digest).map(
    ({ name, change, was, is }) => ({ name, change, ...(was && { before: was }), ...(is && { after: is }) }),
  )
}

type Change<T> =
  | { readonly name: string; readonly change: 'added'; readonly was: undefined; readonly is: T }
  | { readonly name: string; readonly change: 'removed'; readonly was: T; readonly is: undefined }
  | { readonly name: string; readonly change: 'changed'; readonly was: T; readonly is: T }

/** In the order of their names. */
function changesBetween<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  isSame: (was: T, is: T) => boolean,
): Change<T>[] {
  const removed = [...before].flatMap(([name, was]): Change<T>[] =>
    after.has(name) ? [] : [{ name, change: 'removed', was, is: undefined }],
  )
  const others = [...after].flatMap(([name, is]): Change<T>[] => {
    const was = before.get(name)
    if (was === undefined) return [{ name, change: 'added', was: undefined, is }]
    return isSame(was, is) ? [] : [{ name, change: 'changed', was, is }]
  })
  return [...removed, ...others].sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** Several of one name are told apart by numbers; several of one digest and no name are one. */
function filesOf({ manifest }: ReadVersion): ReadonlyMap<string, Content> {
  const files = new Map<string, Content>()
  for (const descriptor of [...manifest.layers, ...manifest.manifests]) {
    const { digest, size } = descriptor
    const name = nameOf(descriptor)
    let free = name
    for (let number = 2; name !== digest && files.has(free); number++) free = `${name} (${number})`
    files.set(free, { digest, size })
  }
  return files
}

const title: keyof Annotations = 'org.opencontainers.image.title'

function nameOf({ annotations, platform, digest }: Descriptor): string {
  const { os, architecture, variant } = platform ?? {}
  const platformName = [os, architecture, variant].filter((part) => part !== undefined).join('/')
  return annotations?.[title] || platformName || digest
}
