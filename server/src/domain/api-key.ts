import { CheckedSecret } from './checked-secret.ts'

/** A key for machines: `lading_`, 32 random characters, and their checksum. */
export const apiKeyPrefix = 'lading_'

const form = new CheckedSecret(apiKeyPrefix, 32)

/** @param random gives so many random bytes */
export function newApiKey(random: (length: number) => Uint8Array): string {
  return form.make(random)
}

/** Whether it has a key's form and checksum. Whether there is such a key is another question. */
export function isApiKey(text: string): boolean {
  return form.is(text)
}

/** What of a key may be shown afterwards, so that its owner knows which one is meant. */
export function shownApiKey(key: string): string {
  return `${key.slice(0, apiKeyPrefix.length + 4)}…`
}
