import { randomBytes } from 'node:crypto'
import { formatScryptHash, type ScryptCost } from '../../../domain/password-hash.ts'
import { deriveHash } from './derive-hash.ts'

/** 32 MiB and some 80 ms a try. */
export const usualScryptCost: ScryptCost = { ln: 15, r: 8, p: 1 }

const saltBytes = 16
const hashBytes = 32

/** `$scrypt$…` of a password, under a salt of its own: what a configuration holds. @throws TypeError the password has a NUL */
export async function hashPassword(password: string, cost: ScryptCost = usualScryptCost): Promise<string> {
  if (password.includes('\0')) throw new TypeError('a password has no NUL')
  const salt = new Uint8Array(randomBytes(saltBytes))
  const hash = await deriveHash(password, {
    algorithm: 'scrypt',
    cost,
    salt,
    hash: new Uint8Array(hashBytes),
  })
  return formatScryptHash({ cost, salt, hash })
}
