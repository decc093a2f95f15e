import { argon2, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import type { PasswordHash } from '../../../domain/password-hash.ts'

const argon2Off = promisify(argon2)

/** The password's hash under the salt and the cost of another, computed on a thread of the pool. */
export function deriveHash(password: string, like: PasswordHash): Promise<Uint8Array> {
  return like.algorithm === 'scrypt' ? deriveScrypt(password, like) : deriveArgon2(password, like)
}

function deriveScrypt(
  password: string,
  { cost, salt, hash }: Extract<PasswordHash, { algorithm: 'scrypt' }>,
): Promise<Uint8Array> {
  const N = 2 ** cost.ln
  // OpenSSL counts a little more than RFC 7914's 128 * N * r, and refuses at its own bound of 32 MiB otherwise.
  const maxmem = 2 * 128 * cost.r * (N + cost.p)
  return new Promise((resolve, reject) => {
    scrypt(password, salt, hash.length, { N, r: cost.r, p: cost.p, maxmem }, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}

function deriveArgon2(
  password: string,
  { cost, salt, hash }: Extract<PasswordHash, { algorithm: 'argon2id' }>,
): Promise<Uint8Array> {
  return argon2Off('argon2id', {
    message: password,
    nonce: salt,
    parallelism: cost.p,
    tagLength: hash.length,
    memory: cost.m,
    passes: cost.t,
  })
}
