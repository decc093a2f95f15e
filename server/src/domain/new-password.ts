/** None that is mistaken for another, and none that a shell or a command line reads as more than itself. */
const characters = 'abcdefghijkmnpqrstuvwxyz23456789'
const usual = 24

/** How many random bytes a new password is made of. */
export const newPasswordBytes: number = usual

/** A password of 24 characters, five bits each, from that many random bytes. */
export function newPassword(random: Uint8Array): string {
  if (random.length !== usual) throw new TypeError(`a new password takes ${usual} random bytes`)
  return Array.from(random, (byte) => characters[byte % characters.length]).join('')
}
