import { cryptoRandom } from '../adapters/random/crypto/crypto-random.ts'
import { newPassword, newPasswordBytes } from '../domain/new-password.ts'

/** What `lading passwd` prints and the identity of a configuration's users reads. */
export { hashPassword } from '../adapters/identity/config-users/hash-password.ts'

/** One that nobody has thought of. */
export function randomPassword(): string {
  return newPassword(cryptoRandom.bytes(newPasswordBytes))
}
