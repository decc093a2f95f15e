import type { JsonObject } from '../domain/strict-json.ts'

/** What a kind says of a version's document: where in it something is wrong, and what. */
export interface Problem {
  /** A JSON pointer (RFC 6901), cut where it is longer than anybody reads; empty for the document as a whole. */
  readonly path: string
  /** A short sentence without its full stop. */
  readonly reason: string
}

/** What a version needs of others, as its document or its source says. */
export interface Dependency {
  /** `import`, `extends`, `implements`, `uses` … */
  readonly relation: string
  /** `kind:namespace/name`, `namespace/name`, or the name that its own ecosystem knows it by. */
  readonly target: string
  /** A semver range; empty: any version. */
  readonly range: string
}

/** What search and the graph of dependencies take from a document and its source. All of it is bounded. */
export interface KindFacts {
  /** Each once by relation and target. */
  readonly dependencies: readonly Dependency[]
  readonly topics: readonly string[]
  readonly text: readonly string[]
}

/** How somebody who wants a version gets it where it is used. */
export interface Install {
  /** A command line, or a line of code. */
  readonly with: string
  readonly what: string
}

/** What an installation instruction speaks of. */
export interface InstallTarget {
  readonly host: string
  /** The path by which the registry knows it: not every kind begins it with its name. */
  readonly repository: string
  readonly slug: string
  readonly version: string
}

/**
 * One thing that can be registered. Pure: what it would have to look up is an argument. A new one is a folder beside the
 * others and a line in `kinds.ts`.
 */
export interface Kind {
  readonly name: string
  /** For people, one sentence. */
  readonly about: string
  /** JSON Schema of the kind's own part of a version's document, as plain data; undefined: there is no such part. */
  schema(): Promise<JsonObject | undefined>
  /** How the file is called that a version's source is pulled as. */
  readonly fileName: (slug: string) => string
  readonly sourceType: string
  /** False where the first layer is no text: `source` is empty then. */
  readonly textSource: boolean
  /** The schema first, then what it cannot say. Empty: it is well. At most `limit` problems, and at least one where there are some. */
  check(document: unknown, source: string, limit: number): Promise<readonly Problem[]>
  /** At most `mostDependencies`: who has to refuse more asks for one more than it takes. */
  facts(document: unknown, source: string, mostDependencies?: number): KindFacts
  install(target: InstallTarget): readonly Install[]
}

/** What one version may need where nobody says otherwise. */
export const defaultMostDependencies = 200
