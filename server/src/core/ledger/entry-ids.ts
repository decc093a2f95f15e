import type { Random } from '../../ports/random/random.ts'

/**
 * Ids of audit entries: 12 hex digits of the time in ms, 8 of a count, 12 of chance that tell one writer from others. Those of
 * one writer sort as they were made, where its clock does not go back.
 */
export class EntryIds {
  readonly #random: Pick<Random, 'bytes'>
  #writer: string | undefined
  #count = 0

  constructor(random: Pick<Random, 'bytes'>) {
    this.#random = random
  }

  next(at: number): string {
    this.#writer ??= Buffer.from(this.#random.bytes(6)).toString('hex')
    this.#count = (this.#count + 1) % 0x1_0000_0000
    return `${entryTime(at)}${this.#count.toString(16).padStart(8, '0')}${this.#writer}`
  }
}

/** What the ids of all entries of that time begin with. */
export function entryTime(at: number): string {
  return Math.max(0, Math.floor(at)).toString(16).padStart(12, '0')
}
