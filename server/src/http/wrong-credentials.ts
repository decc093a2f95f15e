import { isApiKey } from '../domain/api-key.ts'
import { RegistryError } from '../domain/error.ts'

/** What is told to whoever showed a name and this secret, and is nobody by them. Of a key nothing is told that can be guessed. */
export function wrongCredentials(secret: string): RegistryError {
  return new RegistryError('unauthenticated', {
    reason: isApiKey(secret)
      ? 'this key is not good here: it was revoked or has expired, it is for other addresses, or its owner is disabled'
      : 'name and password do not belong together',
  })
}
