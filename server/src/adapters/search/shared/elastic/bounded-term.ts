import { createHash } from 'node:crypto'

/** The servers refuse documents with longer terms, from 32,767 bytes of UTF-8 on. */
const longestBytes = 32_000
/** Of an id, and what stands before it; the servers take 512. */
const longestIdBytes = 510
const digestLength = 64
/** In bytes: the servers take patterns of fewer than 1,000 steps, and no words nor names are as long as that. */
const longestBeginning = 900

/** Stands for a text where only the same is looked for: what is too long for a term ends in a digest. */
export function exactTerm(text: string): string {
  if (isShort(text, longestBytes)) return text
  return `${cutTo(text, longestBytes - digestLength)}${digestOf(text)}`
}

/** Stands for a text where beginnings are looked for or order matters: what is too long for a term ends sooner. */
export function cutTerm(text: string): string {
  return isShort(text, longestBytes) ? text : cutTo(text, longestBytes - digestLength)
}

/** Stands for the beginning of a word where that is looked for: of a longer one more is found than begins so. */
export function cutBeginning(text: string): string {
  return isShort(text, longestBeginning) ? text : cutTo(text, longestBeginning)
}

/** Words with one blank between two, each of them short enough for a term. */
export function exactWords(text: string): string {
  return isShort(text, longestBytes) ? text : text.split(' ').map(exactTerm).join(' ')
}

/** Under what a document is kept: what is no artifact's has an id without a colon. */
export function documentKey(id: string): string {
  return isShort(id, longestIdBytes) ? `d:${id}` : `h:${digestOf(id)}`
}

function isShort(text: string, bytes: number): boolean {
  // No unit of UTF-16 takes more than three bytes of UTF-8.
  return text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes
}

/** As much of a text as fits, without half a character. */
function cutTo(text: string, bytes: number): string {
  const whole = Buffer.from(text)
  let end = bytes
  while (end > 0 && ((whole[end] ?? 0) & 0xc0) === 0x80) end--
  return whole.toString('utf8', 0, end)
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')
