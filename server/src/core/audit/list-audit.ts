import { RegistryError } from '../../domain/error.ts'
import { type Target, wholeRegistry } from '../../domain/permission.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Value } from '../../ports/store/table.ts'
import { type AccessParts, requireRight } from '../access/access-parts.ts'
import type { Rights } from '../access/rights.ts'
import { targetOf } from '../access/target-of.ts'
import type { Caller } from '../ledger/caller.ts'
import { entryTime } from '../ledger/entry-ids.ts'
import { type AuditRow, auditEntries } from '../ledger/tables.ts'

/** What is asked for: entries of which all of this is so. Times are ms since 1970, `from` and `to` included. */
export interface AuditQuery {
  /** As `describePrincipal` writes it; of a user the name is enough. */
  readonly actor?: string
  readonly namespace?: string
  /** A repository's name. */
  readonly artifact?: string
  readonly action?: string
  readonly outcome?: AuditRow['outcome']
  readonly from?: number
  readonly to?: number
  /** 1 to 1,000. */
  readonly limit: number
  /** Where the page before has ended. */
  readonly after?: string
  /** The oldest first; else the newest. */
  readonly oldestFirst?: boolean
}

/** An entry as it is told. */
export type AuditEntry = Readonly<AuditRow>

export interface AuditPage {
  readonly entries: readonly AuditEntry[]
  /** There may be more behind it. A page may have fewer entries than were asked for, or none, and still have a next one. */
  readonly next?: string
}

export interface ListingParts extends AccessParts {
  /** Entries that one page looks at. */
  readonly scanned: number
}

const rowsAtOnce = 200
const id = /^[0-9a-f]{32}$/

/**
 * Entries in the order of their time, as far as whoever asks may read of them: of the registry, or of a namespace.
 * @throws RegistryError `unauthenticated`, `denied` to who may read none; `parameter-invalid`
 */
export async function listAudit(parts: ListingParts, caller: Caller, query: AuditQuery): Promise<AuditPage> {
  const rights = await parts.book.current()
  const mayRead = await readableBy(parts, caller, rights)
  checkQuery(query)
  const { oldestFirst = false, limit } = query
  const { index, eq } = narrowest(query)
  const isWanted = wantedBy(query)
  const entries: AuditRow[] = []
  let place = startOf(query)
  for (let looked = 0; looked < parts.scanned; ) {
    const rows = await parts.core.store.find(auditEntries, {
      ...{ index, eq, back: !oldestFirst, limit: Math.min(rowsAtOnce, parts.scanned - looked) },
      ...(place !== undefined && { beyond: [place] }),
    })
    for (const { rev: _, ...row } of rows.rows) {
      if (isPast(query, row)) return { entries }
      looked++
      place = row.id
      if (isWanted(row) && mayRead(row)) entries.push(row)
      if (entries.length === limit) return { entries, next: place }
    }
    if (rows.next === undefined) return { entries }
  }
  return { entries, ...(place !== undefined && { next: place }) }
}

async function readableBy(
  parts: AccessParts,
  caller: Caller,
  rights: Rights,
): Promise<(row: AuditRow) => boolean> {
  const { principal } = caller
  if (rights.decide(principal, 'audit:read', wholeRegistry).allowed) return () => true
  if (!rights.mayAnywhere(principal, 'audit:read'))
    await requireRight(parts, caller, {
      permission: 'audit:read',
      target: wholeRegistry,
      what: 'reading what was done',
    })
  return (row) =>
    row.namespace !== '' &&
    isOfIts(rights, row) &&
    rights.decide(principal, 'audit:read', targetOfEntry(row)).allowed
}

/** What was done in an earlier namespace of that name, which was somebody else's, is not told to whoever has it now. */
function isOfIts(rights: Rights, { namespace, at }: AuditRow): boolean {
  return at >= (rights.ruleOf(namespace)?.since ?? 0)
}

function targetOfEntry({ repository, namespace }: AuditRow): Target {
  return repository === '' ? { namespace, kind: '', name: '' } : targetOf(repository as RepositoryName)
}

/** @throws RegistryError `parameter-invalid` */
function checkQuery({ limit, after }: AuditQuery): void {
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 1000))
    throw new RegistryError('parameter-invalid', {
      parameter: 'limit',
      reason: 'it is no whole number from 1 to 1000',
    })
  if (after !== undefined && !id.test(after))
    throw new RegistryError('parameter-invalid', {
      parameter: 'after',
      reason: 'it is no `next` of such a list',
    })
}

/** Of the orders that help, the one that leaves the fewest entries to be looked at, by and large. */
function narrowest(query: AuditQuery): { readonly index: string; readonly eq: readonly Value[] } {
  const { artifact, actor, namespace, outcome, action } = query
  if (artifact !== undefined) return { index: 'byRepository', eq: [artifact] }
  if (actor !== undefined) return { index: 'byActor', eq: [asPrincipal(actor)] }
  if (outcome === 'refused') return { index: 'byOutcome', eq: [outcome] }
  if (namespace !== undefined) return { index: 'byNamespace', eq: [namespace] }
  if (action !== undefined) return { index: 'byAction', eq: [action] }
  return { index: 'key', eq: [] }
}

function asPrincipal(actor: string): string {
  return actor === 'anonymous' || actor.includes(':') ? actor : `user:${actor}`
}

function wantedBy(query: AuditQuery): (row: AuditRow) => boolean {
  const wanted: Partial<AuditRow> = {
    ...(query.artifact !== undefined && { repository: query.artifact }),
    ...(query.actor !== undefined && { by: asPrincipal(query.actor) }),
    ...(query.outcome !== undefined && { outcome: query.outcome }),
    ...(query.namespace !== undefined && { namespace: query.namespace }),
    ...(query.action !== undefined && { action: query.action }),
  }
  const columns = Object.entries(wanted)
  return (row) => columns.every(([name, value]) => row[name as keyof AuditRow] === value)
}

/** Ids begin with their time: behind which one the list begins. */
function startOf({ after, from, to, oldestFirst = false }: AuditQuery): string | undefined {
  if (after !== undefined) return after
  if (oldestFirst) return from === undefined ? undefined : entryTime(from)
  return to === undefined ? undefined : entryTime(to + 1)
}

function isPast({ from, to, oldestFirst = false }: AuditQuery, { at }: AuditRow): boolean {
  return oldestFirst ? to !== undefined && at > to : from !== undefined && at < from
}
