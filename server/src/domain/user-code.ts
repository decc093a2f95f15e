/** Without vowels, so that no word comes about, and without what looks like something else (RFC 8628, section 6.1). */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ'
const length = 8
/** Of the bytes below it each character has as many. */
const fair = 256 - (256 % alphabet.length)

/** `WDJB-MJHT`: 34 bits, which somebody reads from one screen and types at another. @param random gives so many random bytes */
export function newUserCode(random: (length: number) => Uint8Array): string {
  let code = ''
  while (code.length < length)
    for (const byte of random(length))
      if (byte < fair && code.length < length) code += alphabet[byte % alphabet.length]
  return shownUserCode(code)
}

/** As it is kept, however it was typed. undefined: it is none. */
export function parseUserCode(text: string): string | undefined {
  const plain = text.toUpperCase().replace(/[\s-]/g, '')
  const isOne = plain.length === length && [...plain].every((character) => alphabet.includes(character))
  return isOne ? shownUserCode(plain) : undefined
}

const shownUserCode = (plain: string): string => `${plain.slice(0, 4)}-${plain.slice(4)}`
