/** Answers that hold until one of the rows changes that they name before they read them: see `core/cache/read-cache.ts`. */
export interface KeptAnswers {
  /** undefined: nothing is kept, or not any more. */
  peek<T>(key: string): { readonly value: T } | undefined
  /** `believed`: where it says no of what was kept, it is read anew. */
  load<T>(
    key: string,
    read: (reads: NamedReads) => Promise<Kept<T>>,
    believed?: (kept: T) => boolean,
  ): Promise<T>
}

export interface NamedReads {
  row(table: { readonly name: string }, key: readonly string[]): void
  unique(table: { readonly name: string }, unique: string, values: readonly string[]): void
}

export interface Kept<T> {
  readonly value: T
  readonly bytes: number
}

/** For who asks the store each time. */
export const unkept: NamedReads = { row: () => undefined, unique: () => undefined }
