import { RegistryError } from './error.ts'

/** A version named by its time: `tsv:1732186200-users-042`. */
export interface TsvStamp {
  /** Since 1970. */
  readonly seconds: number
  readonly name: string
  /** Digits, with the zeros that they are written with. */
  readonly sequence: string
}

const grammar = /^tsv:([0-9]{1,15})-([A-Za-z0-9_-]{1,128})$/

/** @throws RegistryError `reference-invalid` */
export function parseTsvStamp(text: string): TsvStamp {
  const match = grammar.exec(text)
  const [, seconds = '', rest = ''] = match ?? []
  // The name may have dashes of its own: the sequence is what follows the last.
  const dash = rest.lastIndexOf('-')
  const sequence = rest.slice(dash + 1)
  // Seconds without leading zeros, since otherwise two texts would be one stamp.
  if (dash < 1 || !/^[0-9]+$/.test(sequence) || (seconds.length > 1 && seconds.startsWith('0'))) {
    throw new RegistryError('reference-invalid', {
      reference: text,
      reason: 'a stamp is tsv:<seconds since 1970>-<name>-<number>',
    })
  }
  return { seconds: Number(seconds), name: rest.slice(0, dash), sequence }
}

export function formatTsvStamp(stamp: TsvStamp): string {
  return `tsv:${stamp.seconds}-${stamp.name}-${stamp.sequence}`
}
