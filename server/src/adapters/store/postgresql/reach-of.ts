import { clientConfig, type PostgresqlAddress } from '../../shared/postgresql-address.ts'
import type { Reach } from './schema-session.ts'
import { defaultWaits, type PostgresqlWaits } from './waits.ts'

export interface ReachOptions extends PostgresqlAddress {
  readonly waits?: Partial<PostgresqlWaits>
}

/** For connections that stand beside a store, or where there is none. */
export function reachOf(options: ReachOptions): Reach {
  const { url, host, port, database, user, password, ssl, schema } = options
  const address: PostgresqlAddress = {
    ...(url !== undefined && { url }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(database !== undefined && { database }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(ssl !== undefined && { ssl }),
    ...(schema !== undefined && { schema }),
  }
  return { options: clientConfig(address, { ...defaultWaits, ...options.waits }) } as Reach
}
