import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { AuditFault } from './fault.ts'
import type { SigningKey } from './signing-key.ts'
import { type AuditChainRow, type AuditHeadRow, auditHeads } from './tables.ts'

export interface CheckedHeads {
  readonly count: number
  /** By the last entry that each is of: only what was signed. */
  readonly byLast: ReadonlyMap<number, AuditHeadRow>
  /** At which the chain is taken up; undefined: at its beginning, or it is gone. */
  readonly checkpoint: AuditHeadRow | undefined
  readonly faults: readonly AuditFault[]
}

export async function readHeads(core: Pick<Core, 'store'>): Promise<readonly AuditHeadRow[]> {
  const heads: AuditHeadRow[] = []
  for await (const { rev: _, ...head } of eachRow(core.store, auditHeads)) heads.push(head)
  return heads
}

/** Every head against its signature, against those before and behind it, and against the end of the chain. */
export function checkHeads(
  heads: readonly AuditHeadRow[],
  chain: AuditChainRow,
  key: SigningKey,
): CheckedHeads {
  const faults: AuditFault[] = []
  const byLast = new Map<number, AuditHeadRow>()
  let checkpoint: AuditHeadRow | undefined
  let number = Math.max(1, chain.checkpoint)
  let last: number | undefined = chain.checkpoint === 0 ? 0 : undefined
  for (const head of heads) {
    // What was before the checkpoint is on its way out.
    if (head.number < number) continue
    if (head.number > number)
      faults.push(missing(number, head.number - 1, { first: (last ?? 0) + 1, last: head.first - 1 }))
    const follows = last === undefined || head.number > number || head.first === last + 1
    if (!follows || !key.isSigned(head)) faults.push(forged(head))
    else {
      byLast.set(head.last, head)
      if (head.number === chain.checkpoint) checkpoint = head
    }
    number = head.number + 1
    last = head.last
  }
  if (number <= chain.head)
    faults.push(missing(number, chain.head, { first: (last ?? 0) + 1, last: chain.headLast }))
  const signed = [...byLast.keys()].at(-1) ?? 0
  if (signed > chain.last) faults.push(cutOff(chain.last + 1, signed))
  return { count: byLast.size, byLast, checkpoint, faults }
}

function missing(
  from: number,
  to: number,
  { first, last }: { readonly first: number; readonly last: number },
): AuditFault {
  const which = from === to ? `head ${from}` : `heads ${from} to ${to}`
  return { kind: 'head-removed', first, last, what: `${which} of the entries ${first} to ${last} is gone` }
}

function cutOff(first: number, last: number): AuditFault {
  return {
    kind: 'removed',
    first,
    last,
    what: `the entries ${first} to ${last} are gone, for which a head was signed`,
  }
}

function forged({ number, first, last, key }: AuditHeadRow): AuditFault {
  const what = `head ${number} of the entries ${first} to ${last} was not signed so by this registry's key (it names ${key})`
  return { kind: 'head-forged', first, last, what }
}
