/**
 * Password hashes in the PHC string format: `$scrypt$ln=15,r=8,p=1$salt$hash` and
 * `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, salt and hash in base64 without padding.
 */
export type PasswordHash = ScryptHash | Argon2Hash

export interface ScryptCost {
  /** N is 2 to the power of this. */
  readonly ln: number
  readonly r: number
  readonly p: number
}

export interface ScryptHash {
  readonly algorithm: 'scrypt'
  readonly cost: ScryptCost
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

/** RFC 9106, with m in KiB. */
export interface Argon2Cost {
  readonly m: number
  readonly t: number
  readonly p: number
}

export interface Argon2Hash {
  readonly algorithm: 'argon2id'
  readonly cost: Argon2Cost
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

/** A hash beyond these would let one line of configuration take the machine down at every login. */
const limits = {
  memoryBytes: 268_435_456,
  passes: 64,
  parallelism: 16,
  saltBytes: { least: 8, most: 64 },
  hashBytes: { least: 16, most: 64 },
} as const

const base64 = /^[A-Za-z0-9+/]+$/
const scryptCost = /^ln=([0-9]{1,2}),r=([0-9]{1,4}),p=([0-9]{1,4})$/
const argon2Cost = /^m=([0-9]{1,9}),t=([0-9]{1,4}),p=([0-9]{1,4})$/

export function parsePasswordHash(text: string): PasswordHash | { readonly wrong: string } {
  const [before, algorithm, ...rest] = text.split('$')
  if (before !== '' || algorithm === undefined)
    return { wrong: 'it does not begin with $scrypt$ or $argon2id$' }
  if (algorithm === 'scrypt') return parseScrypt(rest)
  if (algorithm === 'argon2id') return parseArgon2(rest)
  return { wrong: `its algorithm is not scrypt or argon2id` }
}

/** Why the text is no password hash that can be verified here, or undefined where it is one. Repeats nothing of it. */
export function checkPasswordHash(text: string): string | undefined {
  const parsed = parsePasswordHash(text)
  return 'wrong' in parsed ? parsed.wrong : undefined
}

export function formatScryptHash(hash: Omit<ScryptHash, 'algorithm'>): string {
  const { ln, r, p } = hash.cost
  return `$scrypt$ln=${ln},r=${r},p=${p}$${encode(hash.salt)}$${encode(hash.hash)}`
}

export function formatArgon2Hash(hash: Omit<Argon2Hash, 'algorithm'>): string {
  const { m, t, p } = hash.cost
  return `$argon2id$v=19$m=${m},t=${t},p=${p}$${encode(hash.salt)}$${encode(hash.hash)}`
}

function parseScrypt(fields: readonly string[]): ScryptHash | { readonly wrong: string } {
  const numbers = scryptCost.exec(fields[0] ?? '')
  if (numbers === null) return { wrong: 'its cost is not of the form ln=15,r=8,p=1' }
  const [ln = 0, r = 0, p = 0] = numbers.slice(1).map(Number)
  if (ln < 1 || r < 1 || p < 1) return { wrong: 'ln, r and p are at least 1' }
  if (p > limits.parallelism) return { wrong: `p is at most ${limits.parallelism}` }
  if (128 * r * 2 ** ln > limits.memoryBytes) return { wrong: tooMuchMemory }
  const bytes = parseBytes(fields.slice(1))
  return 'wrong' in bytes ? bytes : { algorithm: 'scrypt', cost: { ln, r, p }, ...bytes }
}

function parseArgon2(fields: readonly string[]): Argon2Hash | { readonly wrong: string } {
  if (fields[0] !== 'v=19') return { wrong: 'its version is not v=19' }
  const numbers = argon2Cost.exec(fields[1] ?? '')
  if (numbers === null) return { wrong: 'its cost is not of the form m=19456,t=2,p=1' }
  const [m = 0, t = 0, p = 0] = numbers.slice(1).map(Number)
  if (t < 1 || p < 1 || m < 8 * p) return { wrong: 't and p are at least 1, and m is at least 8 times p' }
  if (p > limits.parallelism) return { wrong: `p is at most ${limits.parallelism}` }
  if (t > limits.passes) return { wrong: `t is at most ${limits.passes}` }
  if (1024 * m > limits.memoryBytes) return { wrong: tooMuchMemory }
  const bytes = parseBytes(fields.slice(2))
  return 'wrong' in bytes ? bytes : { algorithm: 'argon2id', cost: { m, t, p }, ...bytes }
}

const tooMuchMemory = `its cost asks for more than ${limits.memoryBytes / 1_048_576} MiB of memory`

function parseBytes(
  fields: readonly string[],
): { readonly salt: Uint8Array; readonly hash: Uint8Array } | { readonly wrong: string } {
  const [saltText, hashText, ...more] = fields
  if (saltText === undefined || hashText === undefined || more.length > 0) {
    return { wrong: 'after its cost stand one salt and one hash' }
  }
  const salt = decode(saltText)
  const hash = decode(hashText)
  if (salt === undefined || !within(salt.length, limits.saltBytes))
    return { wrong: bytesWanted('salt', limits.saltBytes) }
  if (hash === undefined || !within(hash.length, limits.hashBytes))
    return { wrong: bytesWanted('hash', limits.hashBytes) }
  return { salt, hash }
}

interface Bounds {
  readonly least: number
  readonly most: number
}

function within(length: number, { least, most }: Bounds): boolean {
  return length >= least && length <= most
}

function bytesWanted(what: string, { least, most }: Bounds): string {
  return `its ${what} is not ${least} to ${most} bytes in base64 without padding`
}

/** Only what encodes back to the same text: two spellings of one hash are a sign of a damaged one. */
function decode(text: string): Uint8Array | undefined {
  if (!base64.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return encode(bytes) === text ? new Uint8Array(bytes) : undefined
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
