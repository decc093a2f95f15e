import type { World } from './world.ts'

export interface Flag {
  /** What the flag takes, such as `<file>`. Absent: it takes nothing. */
  readonly takes?: string
  /** One sentence. */
  readonly about: string
  /** What a shell offers for it: names of files, of folders, or these words. */
  readonly completes?: Completes
}

export type Completes = 'files' | 'folders' | readonly string[]

export interface Command {
  /** One word or two: `serve`, `tag history`. */
  readonly name: string
  /** One sentence, without a full stop. */
  readonly summary: string
  /** Such as `<ref>` or `[user]`. */
  readonly takes: readonly string[]
  /** What a shell offers for the arguments. Absent: nothing that it could know. */
  readonly completes?: Completes
  /** Paragraphs. */
  readonly about: readonly string[]
  /** By name, without dashes. `--help` is there for all. */
  readonly flags: Readonly<Record<string, Flag>>
  readonly examples: readonly string[]
  /** Answers the exit code. @throws Failure */
  run(invocation: Invocation): Promise<number>
}

export interface Invocation {
  readonly arguments: readonly string[]
  /** Flags that take a value, by name. */
  readonly values: Readonly<Record<string, string>>
  /** Flags that take none. */
  readonly switches: ReadonlySet<string>
  readonly world: World
}

export const exitCodes = {
  done: 0,
  /** It was understood, and could not be done. */
  failed: 1,
  /** The command line was not understood; nothing was done. */
  usage: 2,
  /** It was done, and found what is not sound. */
  damage: 3,
  /** It went as far as it could, and has to be run again once what it says is done. */
  again: 4,
  /** As a shell tells of a process that SIGINT ended. */
  interrupted: 130,
} as const

export const jsonFlag: Readonly<Record<'json', Flag>> = { json: { about: 'Prints JSON, for programs.' } }
