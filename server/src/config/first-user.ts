import type { Audience, Config } from './config.ts'

type Asked = Pick<Config, 'users' | 'access'>

/**
 * Who is to be made at the first start, with a password of the registry's own making: nobody where there are users, or
 * where anyone is meant to write.
 */
export function firstUserOf({ users, access }: Asked): string | undefined {
  return users.length > 0 || access.allowAnonymousWrite ? undefined : access.firstUser
}

/** Who may write: where nobody is named, the first user alone. */
export function writersOf(config: Asked): Audience {
  const first = firstUserOf(config)
  const { write } = config.access
  return write === 'anyone' && first !== undefined ? [first] : write
}
