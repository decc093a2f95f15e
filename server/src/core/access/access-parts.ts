import { RegistryError } from '../../domain/error.ts'
import type { Permission, Target } from '../../domain/permission.ts'
import { put } from '../../ports/store/change.ts'
import { type Change, type Stored, storeLimits } from '../../ports/store/store.ts'
import type { Row, Table } from '../../ports/store/table.ts'
import type { Caller } from '../ledger/caller.ts'
import type { Core } from '../ledger/core.ts'
import type { Deed, NewEvent } from '../ledger/ledger.ts'
import type { RightsBook } from './rights-book.ts'

/** What the use cases of accounts and rights work with. */
export interface AccessParts {
  readonly core: Core
  readonly book: RightsBook
}

/** What knows what namespaces hold, which is not known here. */
export interface NamespaceParts extends AccessParts {
  /**
   * What keeps a namespace as empty as it was found until a batch is through: its changes go into that batch. undefined: it
   * is not empty.
   */
  readonly whileEmpty: (namespace: string) => Promise<readonly Change[] | undefined>
}

/**
 * A change of a row that leaves it as it is. Unlike a check it lets no other change of the row through that was decided before:
 * what hangs on it comes and goes one after the other.
 */
export function inTurn<R extends Row>(table: Table<R>, { rev, ...row }: Stored<R>): Change {
  return put(table, row as unknown as R, rev)
}

/** A namespace as a whole; the registry where it is empty. */
export const wholeOf = (namespace: string): Target => ({ namespace, kind: '', name: '' })

/**
 * Decided anew for each try of a change, so that a right that was lost meanwhile is lost.
 * @param what what is to be done, as in "… is not allowed"
 * @throws RegistryError `unauthenticated`, `denied`
 */
export async function requireRight(
  { book }: AccessParts,
  { principal }: Pick<Caller, 'principal'>,
  { permission, target, what }: { permission: Permission; target: Target; what: string },
): Promise<void> {
  const { allowed } = (await book.current()).decide(principal, permission, target)
  if (allowed) return
  if (principal.kind === 'anonymous')
    throw new RegistryError('unauthenticated', { reason: `log in for ${what}` })
  throw new RegistryError('denied', {
    action: what,
    reason: `it takes the right ${permission}, which your account or your key does not have here`,
  })
}

/** What goes into the log of a change of rights: whoever keeps what they were hears of it before it is answered. */
export function toldOf(
  action: Deed['action'],
  target: string,
  rest: Partial<Deed> = {},
): {
  readonly deeds: readonly Deed[]
  readonly events: readonly NewEvent[]
} {
  return {
    deeds: [{ repository: '', namespace: namespaceOfTarget(target), ...rest, action, target }],
    events: [{ kind: 'access.changed', repository: '' }],
  }
}

/** What is done to an organisation, its teams and robots, those know of who read what is done in its namespace. */
function namespaceOfTarget(target: string): string {
  return /^(?:organisation|team|robot):([^/]+)/.exec(target)?.[1] ?? ''
}

/** Room for what the ledger adds of its own. */
const ofLedger = 10

/** What goes at once goes in one batch. @throws RegistryError `too-large` */
export function requireFew(changes: readonly Change[], what: string): void {
  const limit = storeLimits.changesPerBatch - ofLedger
  if (changes.length > limit) throw new RegistryError('too-large', { what, limit })
}
