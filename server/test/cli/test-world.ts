import { PassThrough } from 'node:stream'
import type { Terminal, World } from '../../src/cli/world.ts'
import { type GivenConfig, inputOf } from '../config/given-config.ts'

export interface GivenWorld extends Omit<GivenConfig, 'flags'> {
  /** What comes through the standard input, which then ends. */
  readonly piped?: string | Uint8Array
  readonly terminal?: Terminal
}

/** A world without a process: what a command says and does is to be looked at. */
export class TestWorld implements World {
  readonly input: World['input']
  readonly stdin: Terminal
  readonly printed: string[] = []
  readonly complained: string[] = []
  readonly asked: string[] = []
  readonly exits: number[] = []
  readonly #listeners = new Set<(reason: string) => void>()
  #listened = Promise.withResolvers<void>()
  time = 0

  constructor({ piped = '', terminal, ...given }: GivenWorld = {}) {
    const { env, cwd, readFile } = inputOf(given)
    this.input = { env, cwd, readFile }
    this.stdin = terminal ?? new PassThrough().end(piped)
  }

  out(text: string): void {
    this.printed.push(text)
  }

  err(text: string): void {
    this.complained.push(text)
  }

  ask(text: string): void {
    this.asked.push(text)
  }

  exit(code: number): void {
    this.exits.push(code)
  }

  now(): number {
    return this.time
  }

  onStop(listener: (reason: string) => void): () => void {
    this.#listeners.add(listener)
    this.#listened.resolve()
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when a command listens for being stopped. */
  get listened(): Promise<void> {
    return this.#listened.promise
  }

  get listening(): number {
    return this.#listeners.size
  }

  stop(reason: string): void {
    for (const listener of this.#listeners) listener(reason)
  }
}

/** What a command could do but only with its arguments; it gets no flags. */
export function invocationIn(world: World): {
  readonly arguments: readonly string[]
  readonly values: Readonly<Record<string, string>>
  readonly switches: ReadonlySet<string>
  readonly world: World
} {
  return { arguments: [], values: {}, switches: new Set(), world }
}
