import type { Config } from '../../config/config.ts'
import { firstUserOf } from '../../config/first-user.ts'
import { schemaVersion } from '../../ports/store/table.ts'
import type { Host } from '../compose/operator.ts'
import { ladingVersion } from '../lading-version.ts'
import { schema } from '../schema.ts'

/** What this process can say of itself. */
export function hostOf(config: Pick<Config, 'data' | 'users' | 'access'>, startedAt: number): Host {
  const firstUser = firstUserOf(config)
  return {
    release: ladingVersion(),
    node: process.versions.node,
    pid: process.pid,
    startedAt,
    data: config.data,
    schemaVersion: schemaVersion(schema),
    ...(firstUser === undefined ? {} : { firstUser }),
  }
}
