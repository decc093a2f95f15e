import { randomBytes } from 'node:crypto'
import {
  type Argon2Cost,
  formatArgon2Hash,
  formatScryptHash,
  type ScryptCost,
} from '../../../domain/password-hash.ts'
import { deriveHash } from './derive-hash.ts'

/** 32 MiB and some 80 ms a try. */
export const usualScryptCost: ScryptCost = { ln: 15, r: 8, p: 1 }

const saltBytes = 16
const hashBytes = 32

/** `$scrypt$…` of a password, under a salt of its own: what a configuration holds. @throws TypeError the password has a NUL */
export async function hashPassword(password: string, cost: ScryptCost = usualScryptCost): Promise<string> {
  requireNoNul(password)
  const salt = new Uint8Array(randomBytes(saltBytes))
  const hash = await deriveHash(password, {
    algorithm: 'scrypt',
    cost,
    salt,
    hash: new Uint8Array(hashBytes),
  })
  return formatScryptHash({ cost, salt, hash })
}

/** `$argon2id$…` of a password, under a salt of its own. @throws TypeError the password has a NUL */
export async function hashWithArgon2(password: string, cost: Argon2Cost): Promise<string> {
  requireNoNul(password)
  const salt = new Uint8Array(randomBytes(saltBytes))
  const like = { algorithm: 'argon2id', cost, salt, hash: new Uint8Array(hashBytes) } as const
  return formatArgon2Hash({ cost, salt, hash: await deriveHash(password, like) })
}

function requireNoNul(password: string): void {
  if (password.includes('\0')) throw new TypeError('a password has no NUL')
}
