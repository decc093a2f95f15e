import { crc32 } from 'node:zlib'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const checkLength = 6
/** Of the bytes below it each character has as many. */
const fair = 256 - (256 % alphabet.length)

/**
 * Secrets of one form: a prefix, random characters of base62, and six that are their checksum, so that whoever looks for
 * leaked secrets finds them by their form, and can tell one from what only looks like it without asking anybody.
 */
export class CheckedSecret {
  readonly prefix: string
  readonly #randomLength: number
  readonly #form: RegExp

  constructor(prefix: string, randomLength: number) {
    this.prefix = prefix
    this.#randomLength = randomLength
    this.#form = new RegExp(`^${prefix}[0-9A-Za-z]{${randomLength + checkLength}}$`)
  }

  /** @param random gives so many random bytes */
  make(random: (length: number) => Uint8Array): string {
    return this.seal(randomCharacters(this.#randomLength, random))
  }

  /** With these characters of base62, as many as its form has. */
  seal(characters: string): string {
    return `${this.prefix}${characters}${checksumOf(characters)}`
  }

  /** Whether it has the form and its checksum. Whether there is such a one is another question. */
  is(text: string): boolean {
    return this.#form.test(text) && text.endsWith(checksumOf(this.charactersOf(text)))
  }

  /** What is random in one. */
  charactersOf(secret: string): string {
    return secret.slice(this.prefix.length, -checkLength)
  }
}

/** Of base62. @param random gives so many random bytes */
export function randomCharacters(length: number, random: (length: number) => Uint8Array): string {
  let characters = ''
  while (characters.length < length)
    for (const byte of random(length))
      if (byte < fair && characters.length < length) characters += alphabet[byte % alphabet.length]
  return characters
}

/** CRC-32 (ISO 3309) in base62, the digit that counts most first. */
function checksumOf(characters: string): string {
  let rest = crc32(characters)
  let text = ''
  for (let digit = 0; digit < checkLength; digit++) {
    text = `${alphabet[rest % alphabet.length]}${text}`
    rest = Math.floor(rest / alphabet.length)
  }
  return text
}
