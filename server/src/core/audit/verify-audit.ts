import { chainStart } from '../../domain/audit-chain.ts'
import type { Core } from '../ledger/core.ts'
import type { Progress } from '../ledger/progress.ts'
import { type AuditRow, auditEntries } from '../ledger/tables.ts'
import { readChain } from './chain-row.ts'
import { checkHeads, readHeads } from './check-heads.ts'
import { expireAction } from './expire-audit.ts'
import { type AuditFault, faultsOf } from './fault.ts'
import { signingKey } from './signing-key.ts'
import type { AuditChainRow } from './tables.ts'
import { unsealedTail } from './unsealed-tail.ts'
import { ChainWalk, placed } from './walk-chain.ts'

export interface AuditVerifyOptions {
  /** What somebody has kept elsewhere of an earlier time: the hash at that entry. */
  readonly expect?: { readonly seq: number; readonly hash: string }
}

/** Times are ms since 1970. */
export interface AuditVerifyReport {
  /** Those that were checked: from `first` to `last`. */
  readonly entries: number
  readonly first: number
  readonly last: number
  /** At the last one. Kept elsewhere, it shows later whether the log is still that one. */
  readonly hash: string
  readonly heads: number
  /** Of the key that heads are signed with. */
  readonly key: string
  /** Entries behind the last signed head. */
  readonly unsigned: number
  /** Not in the chain yet: counted up to 10,000, and when the oldest was written. */
  readonly unsealed: { readonly count: number; readonly oldestAt?: number }
  /** Entries up to this one have gone by `audit.keep`; 0: none has. */
  readonly expired: number
  /** The first thousand; `found` is how many there are. */
  readonly faults: readonly AuditFault[]
  readonly found: number
  readonly sound: boolean
}

const listed = 1000
/** Entries between two reports of how far it is. */
const toldEvery = 1000

/** The whole chain against its hashes, its heads and its end, while entries are added. @throws StoreError; what aborts `signal` */
export async function verifyAudit(
  core: Core,
  { expect }: AuditVerifyOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<AuditVerifyReport> {
  const key = await signingKey(core)
  // Before the chain: so it knows of each of them.
  const signed = await readHeads(core)
  const { row: chain } = await readChain(core)
  const heads = checkHeads(signed, chain, key)
  const start = chain.expired === 0 ? chainStart : heads.checkpoint?.hash
  const stretch = { after: chain.expired, hash: start, last: chain.last }
  const walk = new ChainWalk(stretch, heads.byLast)
  const expired = new LastExpiry()
  let expected: string | undefined
  for await (const group of placed(core, stretch)) {
    walk.step(group)
    for (const row of group) expired.see(row)
    if (walk.place === expect?.seq) expected = walk.hash
    if (walk.entries % toldEvery !== 0) continue
    signal.throwIfAborted()
    progress({ phase: 'checking entries', done: walk.entries, of: chain.last - chain.expired, unit: 'rows' })
  }
  walk.end(chain.last)
  const tail = await unsealed(core, expired)
  const now = (await strays(core)).concat(await expired.faults(core, chain))
  const unexpected = expect === undefined ? [] : unlikeExpected(expect, expected, chain)
  const all = [
    ...heads.faults,
    ...faultsOf(walk.unfit),
    ...walk.faults,
    ...endOf(walk, chain),
    ...now,
    ...unexpected,
  ]
  const { row: later } = await readChain(core)
  // What has expired meanwhile was there and is gone, as it is to be.
  const faults = all.filter(({ last }) => last > later.expired || later.expired === chain.expired)
  return {
    entries: walk.entries,
    first: chain.expired + 1,
    last: chain.last,
    hash: chain.hash,
    heads: heads.count,
    key: key.id,
    unsigned: Math.max(0, chain.last - chain.headLast),
    unsealed: tail,
    expired: chain.expired,
    faults: faults.toSorted((a, b) => a.first - b.first).slice(0, listed),
    found: faults.length,
    sound: faults.length === 0,
  }
}

async function unsealed({ store }: Core, expired: LastExpiry): Promise<AuditVerifyReport['unsealed']> {
  const { entries: count, ...oldest } = await unsealedTail(store)
  const { rows } = await store.find(auditEntries, { index: 'bySeq', eq: [0], limit: 1000 })
  for (const row of rows) expired.see(row)
  return { count, ...oldest }
}

/** Entries that claim a place where the chain has not come to, or where none is. */
async function strays(core: Core): Promise<readonly AuditFault[]> {
  const query = { index: 'bySeq', limit: 1 }
  const [before, behind] = await Promise.all([
    core.store.find(auditEntries, query),
    core.store.find(auditEntries, { ...query, back: true }),
  ])
  // Read behind them: what was sealed meanwhile has its place.
  const { row } = await readChain(core)
  return [...before.rows, ...behind.rows]
    .filter(({ seq }) => seq < 0 || seq > row.last)
    .map(({ seq, id }) => ({
      kind: 'added' as const,
      first: seq,
      last: Math.max(seq, row.last),
      entry: id,
      what: `an entry was added at place ${seq}, to which the chain has not come`,
    }))
}

/** The chain knows its end, also where the last entries agree with each other. */
function endOf(walk: ChainWalk, { last, hash }: AuditChainRow): readonly AuditFault[] {
  if (walk.place !== last || !walk.isSure || walk.hash === undefined || walk.hash === hash) return []
  const what = `the hash of entry ${last} is not the one at which the chain ends`
  return [{ kind: 'rewritten', first: last, last, what }]
}

function unlikeExpected(
  { seq, hash }: { readonly seq: number; readonly hash: string },
  found: string | undefined,
  { last, expired }: AuditChainRow,
): readonly AuditFault[] {
  if (found === hash) return []
  const what =
    found === undefined
      ? `entry ${seq}, whose hash was expected, is not among those from ${expired + 1} to ${last}`
      : `the hash at entry ${seq} is ${found}, and not the expected ${hash}`
  return [
    { kind: found === undefined ? 'removed' : 'rewritten', first: seq, last: Math.max(seq, last), what },
  ]
}

/** Of what has expired an entry tells, which is younger than all of that. */
class LastExpiry {
  #seen = 0

  see(row: Pick<AuditRow, 'action' | 'target' | 'outcome'>): void {
    if (row.action === expireAction && row.outcome === 'done')
      this.#seen = Math.max(this.#seen, Number(row.target))
  }

  async faults(core: Core, chain: AuditChainRow): Promise<readonly AuditFault[]> {
    if (this.#seen >= chain.expired) return []
    const { row } = await readChain(core)
    if (row.expired !== chain.expired) return []
    const what = `the entries up to ${chain.expired} are gone, and no entry tells that they have expired`
    return [{ kind: 'not-expired', first: this.#seen + 1, last: chain.expired + 1, what }]
  }
}
