import { RegistryError } from '../domain/error.ts'
import type { Principal } from '../domain/principal.ts'
import { readCredentials } from './credentials.ts'
import type { Exchange } from './exchange.ts'

/** Asks whether a name and a password belong together; undefined: they do not. */
export type Login = (user: string, password: string, from?: string) => Promise<Principal | undefined>

/**
 * Who asks, by Basic credentials; nobody in particular without any.
 * @throws RegistryError `unauthenticated`: credentials that are none, or do not belong together
 */
export async function visitorOf(exchange: Exchange, login: Login): Promise<Principal> {
  const credentials = readCredentials(exchange.header('authorization'))
  if (credentials === undefined) return { kind: 'anonymous' }
  const principal = await login(credentials.user, credentials.password, exchange.address)
  if (principal !== undefined) return principal
  throw new RegistryError('unauthenticated', { reason: 'name and password do not belong together' })
}
