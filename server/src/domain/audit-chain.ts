import { hash } from 'node:crypto'

/** What of an audit entry is sealed: all of it but its place and its hash. Times are ms since 1970. */
export interface SealedColumns {
  readonly id: string
  readonly at: number
  readonly by: string
  readonly via: string
  readonly address: string
  readonly action: string
  readonly namespace: string
  readonly repository: string
  readonly target: string
  readonly before: string
  readonly after: string
  readonly outcome: string
  readonly code: string
  readonly times: number
  readonly requestId: string
}

/** The hash before the first entry. */
export const chainStart: string = '0'.repeat(64)

/**
 * The chain's hash at an entry, in hex: SHA-256 of the UTF-8 of the hash before it, in hex, a line feed, and the JSON of the
 * entry's columns as a list (RFC 8785, JSON in one way only). So whoever has the entries can make it without Lading.
 */
export function entryHash(previous: string, entry: SealedColumns): string {
  return hash('sha256', `${previous}\n${canonicalEntry(entry)}`)
}

function canonicalEntry(entry: SealedColumns): string {
  const { id, at, by, via, address, action, namespace, repository } = entry
  const { target, before, after, outcome, code, times, requestId } = entry
  return JSON.stringify([
    ...[id, at, by, via, address, action, namespace, repository],
    ...[target, before, after, outcome, code, times, requestId],
  ])
}

/** A claim on the chain at one moment: entries `first` to `last`, with this hash at the last one, `at` ms since 1970. */
export interface ChainHead {
  /** 1, 2, 3 … without gaps; each begins where the one before has ended. */
  readonly number: number
  readonly first: number
  readonly last: number
  readonly hash: string
  readonly at: number
}

/** The bytes that are signed: JSON of a list (RFC 8785), in UTF-8. */
export function headStatement({ number, first, last, hash: at, at: time }: ChainHead): Uint8Array {
  return Buffer.from(JSON.stringify(['lading audit head 1', number, first, last, at, time]))
}
