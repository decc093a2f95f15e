import { entryHash } from '../../domain/audit-chain.ts'
import type { AuditRow } from '../ledger/tables.ts'

export type AuditFaultKind =
  /** What an entry says does not give its hash. */
  | 'changed'
  | 'removed'
  | 'added'
  /** Two entries stand in each other's place. */
  | 'swapped'
  /** The entries are in order among themselves, and are not those that a head was signed for. */
  | 'rewritten'
  | 'head-removed'
  | 'head-forged'
  /** Entries are gone of which no retention tells. */
  | 'not-expired'

/** What is not as it was sealed. `first` and `last`: places in the chain; of one entry, both are its. */
export interface AuditFault {
  readonly kind: AuditFaultKind
  readonly first: number
  readonly last: number
  /** The id of the entry, where there is one. */
  readonly entry?: string
  /** A sentence for a person. */
  readonly what: string
}

/** An entry whose hash does not follow. `previous`: the hash that stands at the entry before. */
export interface Unfit {
  readonly previous: string
  readonly row: AuditRow
}

/** Beyond so many, entries that do not fit are told one by one and not paired. */
const mostPaired = 200

/**
 * What entries that do not fit have in common: where two fit in each other's place they were swapped, and what stands behind
 * them is sound.
 */
export function faultsOf(unfit: readonly Unfit[]): readonly AuditFault[] {
  const left = new Set(unfit)
  const told: AuditFault[] = []
  if (unfit.length <= mostPaired) {
    for (const one of unfit)
      for (const other of unfit) {
        if (!left.has(one) || !left.has(other) || one.row.seq >= other.row.seq) continue
        const truth = swapped(one, other)
        if (truth === undefined) continue
        for (const each of [one, other]) left.delete(each)
        // The hash that was before it was another one: behind the true one it fits.
        for (const [seq, hash] of truth)
          for (const each of left)
            if (each.row.seq === seq + 1 && entryHash(hash, each.row) === each.row.hash) left.delete(each)
        told.push({
          kind: 'swapped',
          first: one.row.seq,
          last: other.row.seq,
          what: `entries ${one.row.seq} and ${other.row.seq} stand in each other's place`,
        })
      }
  }
  return [...told, ...[...left].map(changedFault)]
}

function changedFault({ row }: Unfit): AuditFault {
  const what = `entry ${row.seq} of ${new Date(row.at).toISOString()} (${row.by} ${row.action} ${row.repository || row.target}) was changed, or the hash of the one before it`
  return { kind: 'changed', first: row.seq, last: row.seq, entry: row.id, what }
}

/** The true hashes at both places; undefined: they do not fit there either. */
function swapped(one: Unfit, other: Unfit): readonly (readonly [number, string])[] | undefined {
  const atOne = entryHash(one.previous, other.row)
  const isNext = other.row.seq === one.row.seq + 1
  const atOther = entryHash(isNext ? atOne : other.previous, one.row)
  // With their hashes, or without them.
  const [hashAtOne, hashAtOther] =
    atOne === other.row.hash ? [other.row.hash, one.row.hash] : [one.row.hash, other.row.hash]
  return atOne === hashAtOne && atOther === hashAtOther
    ? [
        [one.row.seq, atOne],
        [other.row.seq, atOther],
      ]
    : undefined
}
