import type { Seed } from '../oci/content.ts'
import type { Missing } from '../process/find-program.ts'
import type { Running } from '../process/serve.ts'

export interface Target {
  readonly name: string
  /** How it is set up: for the reader of the figures. */
  readonly about: string
  find(env: NodeJS.ProcessEnv): Promise<Ready | Missing>
}

/** A target that can be started. */
export interface Ready {
  readonly version: string
  /** In a folder that is empty, or that a former start of it has left. */
  start(folder: string): Promise<Running>
  /** Brings in what is read later. `model` is Lading with the same content, for those that imitate it. */
  seed(running: Running, seed: Seed, model: () => Promise<Running>): Promise<void>
}
