import { RegistryError } from '../../domain/error.ts'
import type { Caller } from '../ledger/caller.ts'

/**
 * By a token nothing is made that outlives it, and by which somebody comes in: whoever has stolen it would keep that when it is over,
 * and when the theft is seen.
 * @throws RegistryError `denied`
 */
export function refuseToken({ principal }: Caller, action: string): void {
  if (!('via' in principal) || principal.via?.kind !== 'token') return
  throw new RegistryError('denied', {
    action,
    reason: 'it takes a password, a session or a key; a token makes nothing that outlives it',
  })
}
