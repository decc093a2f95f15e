/** The registry's engines. */
export type EngineName = 'memory' | 'sqlite' | 'postgresql' | 'opensearch'

/** An engine with its index, and the records of what it finds. */
export interface EngineAt {
  readonly engine: EngineName
  /** Of SQLite; a database has its own. */
  readonly records: { readonly folder: string } | { readonly url: string }
  /** The folder of an index, or the address of a server. Of no matter in memory. */
  readonly index: string
}

/** Those that people use instead, at the size that they can hold; each is filled before it is asked. */
export type PeerName = 'MiniSearch' | 'Orama' | 'plain FTS5'

/** What is asked: so many of the graded queries, or names, at most. `turn` draws what differs between measurements. */
export interface Asking {
  readonly turn: number
  readonly most: number
}

/** One measurement, or what has to be there before, in a process of its own. */
export type Task =
  /** Artifacts into an empty folder of SQLite; answers the word that most of them have. */
  | { readonly do: 'fill-records'; readonly folder: string; readonly artifacts: number }
  /** The same into an empty database. */
  | { readonly do: 'fill-database'; readonly url: string; readonly artifacts: number }
  /** Builds an index from the records, as the registry does. */
  | { readonly do: 'fill-index'; readonly at: EngineAt }
  | { readonly do: 'fill-fts5'; readonly file: string; readonly artifacts: number }
  /** What engines have to agree on. */
  | { readonly do: 'look'; readonly at: EngineAt }
  | { readonly do: 'mixed'; readonly at: EngineAt; readonly faceted: boolean; readonly asked: Asking }
  | {
      readonly do: 'commonest'
      readonly at: EngineAt
      readonly word: string
      /** Draws who asks. */
      readonly turn: number
      readonly seconds: number
    }
  | { readonly do: 'complete'; readonly at: EngineAt; readonly asked: Asking }
  /** The same queries, without facets, of a file of FTS5; all words are wanted, or any is enough. */
  | { readonly do: 'plain'; readonly file: string; readonly all: boolean; readonly asked: Asking }
  | { readonly do: 'peer'; readonly peer: PeerName; readonly artifacts: number; readonly asked: Asking }
  | {
      readonly do: 'reindex'
      readonly what: 'sqlite' | 'sqlite, from the records' | 'bare FTS5'
      readonly folder: string
      readonly artifacts: number
    }
  /** Publishes one after the other, and looks for each until it is found. */
  | {
      readonly do: 'publish'
      readonly folder: string
      readonly env: Readonly<Record<string, string>>
      /** Who is to answer. */
      readonly engine: string
      readonly artifacts: number
    }

/** What was measured, by the figure's id. */
export type Measurement = Readonly<Record<string, number>>
