/**
 * What a column can hold. Text has no NUL and no lone surrogate; integers are safe integers, reals are finite, and -0
 * is kept as 0; times are ms since 1970.
 */
export type Value = string | number | boolean | Uint8Array | null

/** `?` marks a column that may be null. Columns of keys, unique keys and indexes may not. */
export type ColumnType =
  | 'text'
  | 'integer'
  | 'real'
  | 'boolean'
  | 'bytes'
  | `${'text' | 'integer' | 'real' | 'boolean' | 'bytes'}?`

/** A row, as a record of columns: all of them, null where there is no value, and no other. */
// biome-ignore lint/suspicious/noExplicitAny: rows of every table, where the type of a column is not known
export type Row = Record<string, any>

/**
 * A table's declaration: what engines create and check, what use cases name.
 * `R` is the type of its rows; `columns` must list exactly its members. Names are letters, digits and `_`, at most 48,
 * a letter first, and differ by more than case; `rev` names no column and `key` no index.
 */
export interface Table<R extends Row = Row> {
  readonly name: string
  readonly columns: { readonly [C in keyof R & string]: ColumnType }
  readonly key: readonly (keyof R & string)[]
  /** Beyond the primary key: no two rows share these columns' values. */
  readonly unique?: Readonly<Record<string, readonly (keyof R & string)[]>>
  /** Orders that `find` and `count` may use. The engine appends the columns of the primary key that one lacks. */
  readonly indexes?: Readonly<Record<string, readonly (keyof R & string)[]>>
}

/** An append-only log: rows without a key, ordered by commit. */
export interface Log<R extends Row = Row> {
  readonly name: string
  readonly columns: { readonly [C in keyof R & string]: ColumnType }
}

/** One step of a migration, in terms that every engine can carry out on its own. Each but `removeRows` has an inverse. */
export type MigrationStep =
  | { readonly do: 'createTable'; readonly table: Table }
  | { readonly do: 'createLog'; readonly log: Log }
  /** Rows that are there get `fill`. Of a table or of a log. */
  | {
      readonly do: 'addColumn'
      readonly table: string
      readonly column: string
      readonly type: ColumnType
      readonly fill: Value
    }
  /** Not of a key or an index. `fill`: what rows get where the step is taken back. */
  | { readonly do: 'dropColumn'; readonly table: string; readonly column: string; readonly fill: Value }
  | {
      readonly do: 'addIndex'
      readonly table: string
      readonly index: string
      readonly columns: readonly string[]
    }
  | { readonly do: 'dropIndex'; readonly table: string; readonly index: string }
  | { readonly do: 'dropTable'; readonly table: string }
  | { readonly do: 'dropLog'; readonly log: string }
  /**
   * Rows that have all these values. For what an earlier stay at this version may have left in an older table: that
   * something was done in tables which were gone since. Nothing is done where the migration is taken back.
   */
  | {
      readonly do: 'removeRows'
      readonly table: string
      readonly where: Readonly<Record<string, Value>>
    }

/** How a view shows a column of its table. */
export type Shown =
  /** As it is kept. */
  | { readonly as: 'kept'; readonly column: string }
  /** Times in ms as ISO 8601 text in UTC, such as `2026-01-31T12:00:00.000Z`; null where it is 0. */
  | { readonly as: 'time'; readonly column: string }
  /** JSON lists of texts, or with `member` of objects with such a member, as one text, with `, ` in between. */
  | { readonly as: 'list'; readonly column: string; readonly member?: string }

/**
 * Rows of one table for people who query the store with tools of its engine. The registry never reads it. An engine
 * without such tools has none; one that keeps views makes them anew where they differ from what is declared. The list of
 * views changes only with a migration, which may have no steps: a release refuses views that it does not know.
 */
export interface View {
  readonly name: string
  /** The table. */
  readonly of: string
  /** Rows that have all these values; with none, every row. */
  readonly where: Readonly<Record<string, Value>>
  readonly columns: Readonly<Record<string, Shown>>
}

export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly version: number
  readonly name: string
  readonly steps: readonly MigrationStep[]
}

/** What a store holds: the tables as they are now, and how every earlier version becomes this one. */
export interface Schema {
  readonly tables: readonly Table[]
  readonly logs: readonly Log[]
  readonly migrations: readonly Migration[]
  readonly views?: readonly View[]
}

/** The version that `schema` stands at: that of its last migration. */
export function schemaVersion(schema: Schema): number {
  return schema.migrations.at(-1)?.version ?? 0
}
