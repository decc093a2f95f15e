import type { Config } from '../../config/config.ts'
import { schemaVersion } from '../../ports/store/table.ts'
import type { Host } from '../compose/operator.ts'
import { ladingVersion } from '../lading-version.ts'
import { schema } from '../schema.ts'

export interface Known {
  /** ms since 1970. */
  readonly startedAt: number
  readonly reached: string
}

/** What this process can say of itself. */
export function hostOf({ data }: Pick<Config, 'data'>, { startedAt, reached }: Known): Host {
  return {
    release: ladingVersion(),
    node: process.versions.node,
    pid: process.pid,
    startedAt,
    data,
    schemaVersion: schemaVersion(schema),
    reached,
  }
}
