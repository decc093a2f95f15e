import type { Environment } from './environment-names.ts'

export interface ConfigInput {
  /** By flag name without dashes, such as `limits-grace-time`; `config` names the file. */
  readonly flags: Readonly<Record<string, string | undefined>>
  /** An empty variable counts as not set. */
  readonly env: Environment
  /** Absolute. */
  readonly cwd: string
  /** Throws an error with `code` as node:fs does. */
  readFile(path: string): string
}
