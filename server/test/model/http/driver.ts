/** A registry that a program plays with. Its clock stands still but for `pass`. */
export interface Driver extends AsyncDisposable {
  readonly url: string
  /** Where the program's repositories are. Nothing was ever pushed there. */
  readonly namespace: string
  /** ms since 1970, as the registry sees it. */
  readonly now: number
  pass(ms: number): Promise<void>
  /** Runs garbage collection with retention once, to its end. */
  collect(): Promise<void>
  /** Until the jobs that changes have asked for are done. */
  settle(): Promise<void>
  /** The process ends, one way or the other, and starts anew on the same data. */
  restart(): Promise<void>
  /** Absent: it cannot end while requests are under way. Ends it after so many ms, and starts it anew. */
  cut?(afterMs: number): Promise<void>
  /** Goes on with another program, in a namespace of its own: content is told from that of others by its digest alone. */
  next(): void
  /** What the records say of one another, and of the files; `empty`: that there are none. Rejects with what is wrong. */
  check(expected: { readonly empty: boolean }): Promise<void>
}
