import type { Readable } from 'node:stream'
import type { ConfigInput } from '../config/config-input.ts'

/** What a command sees of the process that it runs in. */
export interface World {
  readonly input: Omit<ConfigInput, 'flags'>
  readonly stdin: Terminal
  /** What the standard error shows on; there where it is a terminal whose line can be written anew. */
  readonly screen?: Screen
  /** One line or more to the standard output; a line end is added. */
  out(text: string): void
  /** To the standard error. */
  err(text: string): void
  /** To the standard error, without a line end. */
  ask(text: string): void
  /** The process is asked to stop: by a signal, or by the end of the one that started it. Answers how to stop listening. */
  onStop(listener: (reason: string) => void): () => void
  /** Ends the process at once. */
  exit(code: number): void
  /** ms */
  now(): number
}

/** The standard input. `setRawMode` is there on a terminal only. */
export type Terminal = Readable & {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

export interface Screen {
  /** Of now: a window may be made wider. */
  readonly columns: number
}
