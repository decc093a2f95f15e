import type { Audience, Config } from './config.ts'
import { isLoopback } from './place-types.ts'

type Asked = Pick<Config, 'listen' | 'users' | 'access'>

/**
 * Nobody was named who may write, and other machines come in: nobody writes until somebody has an account. On the machine's
 * own addresses anyone does until then.
 */
export function waitsForAccount({ listen, users, access }: Asked): boolean {
  return (
    access.write === 'anyone' && users.length === 0 && !access.allowAnonymousWrite && !isLoopback(listen.host)
  )
}

/** Who may write by the configuration. */
export function writersOf(config: Asked): Audience {
  return waitsForAccount(config) ? [] : config.access.write
}

/** Anyone may write, and no longer than nobody has an account. */
export function isOpenAtFirst(config: Asked): boolean {
  return writersOf(config) === 'anyone' && !config.access.allowAnonymousWrite
}
