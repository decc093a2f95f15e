import { entryHash } from '../../domain/audit-chain.ts'
import type { Cursor } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { type AuditRow, auditEntries } from '../ledger/tables.ts'
import type { AuditFault, Unfit } from './fault.ts'
import type { AuditHeadRow } from './tables.ts'

/** What the walk begins behind, and where it ends. */
export interface Stretch {
  readonly after: number
  /** undefined: not known, and the first entry cannot be checked. */
  readonly hash: string | undefined
  readonly last: number
}

const rowsPerPage = 1000

/** Entries in the order of their places, a group for those that claim the same one. */
export async function* placed(
  { store }: Pick<Core, 'store'>,
  { after, last }: Pick<Stretch, 'after' | 'last'>,
): AsyncGenerator<readonly AuditRow[], void> {
  let cursor: Cursor | undefined
  let group: AuditRow[] = []
  do {
    const place = cursor === undefined ? { beyond: [after] } : { after: cursor }
    const page = await store.find(auditEntries, { index: 'bySeq', ...place, limit: rowsPerPage })
    for (const row of page.rows) {
      if (row.seq > last) {
        if (group.length > 0) yield group
        return
      }
      if (group[0] !== undefined && group[0].seq !== row.seq) {
        yield group
        group = []
      }
      group.push(row)
    }
    cursor = page.next
  } while (cursor !== undefined)
  if (group.length > 0) yield group
}

/** Follows the chain from entry to entry, and gathers what breaks it. */
export class ChainWalk {
  readonly faults: AuditFault[] = []
  readonly unfit: Unfit[] = []
  readonly #byLast: ReadonlyMap<number, AuditHeadRow>
  #place: number
  #hash: string | undefined
  /** Of an entry that does not fit: what its columns give. */
  #given: string | undefined
  #soundUntil: number
  #entries = 0
  #isSure = true

  constructor({ after, hash }: Stretch, byLast: ReadonlyMap<number, AuditHeadRow>) {
    this.#byLast = byLast
    this.#place = after
    this.#soundUntil = after
    this.#hash = hash
  }

  get entries(): number {
    return this.#entries
  }

  /** The entry that the walk has come to. */
  get place(): number {
    return this.#place
  }

  /** The hash there is one that follows. */
  get isSure(): boolean {
    return this.#isSure
  }

  /** The hash that stands there. */
  get hash(): string | undefined {
    return this.#hash
  }

  step(group: readonly AuditRow[]): void {
    const [first] = group
    if (first === undefined) return
    if (first.seq > this.#place + 1) this.#gap(this.#place + 1, first.seq - 1)
    const previous = this.#hash
    const given = this.#given
    const fits = (row: AuditRow): boolean =>
      previous === undefined ||
      entryHash(previous, row) === row.hash ||
      // It was the hash alone that was changed, of the one before.
      (given !== undefined && entryHash(given, row) === row.hash)
    const row = group.find(fits) ?? first
    this.#given = undefined
    for (const other of group) if (other !== row) this.faults.push(added(other))
    const isUnfit = previous !== undefined && !fits(row)
    if (isUnfit) {
      this.unfit.push({ previous, row })
      this.#given = entryHash(previous, row)
    }
    this.#place = row.seq
    this.#hash = row.hash
    this.#entries++
    // Where the hash itself is in doubt, nothing follows from it for those before.
    this.#isSure = !isUnfit
    if (this.#isSure) this.#compare(row)
    else if (this.#byLast.has(row.seq)) this.#soundUntil = row.seq
  }

  /** Entries up to there are to have come. */
  end(last: number): void {
    if (this.#place < last) this.#gap(this.#place + 1, last)
  }

  #gap(first: number, last: number): void {
    const what = first === last ? `entry ${first} is gone` : `entries ${first} to ${last} are gone`
    this.faults.push({ kind: 'removed', first, last, what })
    this.#hash = undefined
    this.#given = undefined
  }

  #compare({ seq, hash }: AuditRow): void {
    const head = this.#byLast.get(seq)
    if (head === undefined) return
    if (head.hash !== hash) {
      const first = this.#soundUntil + 1
      const what = `the entries ${first} to ${seq} are not those that head ${head.number} was signed for, and were sealed anew`
      this.faults.push({ kind: 'rewritten', first, last: seq, what })
    }
    this.#soundUntil = seq
  }
}

function added({ seq, id, at, by, action }: AuditRow): AuditFault {
  const what = `an entry of ${new Date(at).toISOString()} (${by} ${action}) was added at place ${seq}, which another has`
  return { kind: 'added', first: seq, last: seq, entry: id, what }
}
