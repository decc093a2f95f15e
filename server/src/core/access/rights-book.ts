import { type Grantee, isGrantee } from '../../domain/grant.ts'
import { isNamespaceVisibility, readKeptSettings } from '../../domain/namespace-settings.ts'
import { isPermission } from '../../domain/permission.ts'
import { isMembership } from '../../domain/role.ts'
import type { Row, Table } from '../../ports/store/table.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { ConfiguredRights } from './configured-rights.ts'
import { hasAccounts } from './has-accounts.ts'
import { isNamespaceOwner, Rights, type RightsFacts } from './rights.ts'
import { accounts, grants, members, namespaceRules, roles, teamMembers } from './tables.ts'

/** How often the rows of a table have changed, wherever they were changed. */
export interface TableGenerations {
  tableBucket(table: string): number
  /** Below 0 while a change is under way. */
  at(bucket: number): number
  isCurrent(): boolean
}

const decidedBy = [namespaceRules, members, teamMembers, roles, grants, accounts] as const
/** So often it is read again where rows change meanwhile; then what was read last is used once. */
const mostReads = 5

/**
 * The rights of everybody as they are now: kept in memory, and read anew as soon as a row that they are made of has changed,
 * in whatever thread or process. Who asks after a change was answered is never answered by what was before.
 */
export class RightsBook {
  readonly #configured: ConfiguredRights | undefined
  readonly #store: Core['store']
  readonly #generations: TableGenerations
  readonly #buckets: readonly number[]
  #kept: { readonly rights: Rights; readonly seen: readonly number[] } | undefined
  #latest: { readonly rights: Rights; readonly begun: number } | undefined
  #begun = 0
  #reading: { readonly rights: Promise<Rights>; readonly seen: readonly number[] } | undefined
  /** By table, as they were when its bucket stood at `seen`. */
  readonly #rows = new Map<string, { readonly rows: readonly Row[]; readonly seen: number }>()

  /** `configured`: what holds beside the records, for as long as the process lives. */
  constructor(store: Core['store'], generations: TableGenerations, configured?: ConfiguredRights) {
    this.#configured = configured
    this.#store = store
    this.#generations = generations
    this.#buckets = decidedBy.map(({ name }) => generations.tableBucket(name))
  }

  /** undefined: they are to be read. */
  get known(): Rights | undefined {
    const kept = this.#kept
    return kept !== undefined && this.#holds(kept.seen) ? kept.rights : undefined
  }

  /** As they are, or as they were read last: for what is asked within a request, before which they were. */
  get latest(): Rights | undefined {
    return this.known ?? this.#latest?.rights
  }

  /** @throws StoreError */
  async current(): Promise<Rights> {
    const { known } = this
    if (known !== undefined) return known
    // Whoever began before a change that this one must know of does not answer for it.
    const reading = this.#reading
    if (reading !== undefined && this.#holds(reading.seen)) return await reading.rights
    const own = { rights: this.#read(), seen: this.#seen() }
    this.#reading = own
    try {
      return await own.rights
    } finally {
      if (this.#reading === own) this.#reading = undefined
    }
  }

  async #read(): Promise<Rights> {
    for (let reads = 1; ; reads++) {
      const seen = this.#seen()
      const begun = ++this.#begun
      const rights = new Rights(await this.#facts())
      // Of two readings the one that began later knows more, whichever ends first.
      if (begun > (this.#latest?.begun ?? 0)) this.#latest = { rights, begun }
      if (this.#holds(seen)) {
        this.#kept = { rights, seen }
        return rights
      }
      // Where others are not heard, nothing would tell a second reading from the first.
      if (reads === mostReads || !this.#generations.isCurrent()) return rights
    }
  }

  async #facts(): Promise<RightsFacts> {
    const [rules, memberRows, teamRows, roleRows, grantRows] = await Promise.all([
      this.#all(namespaceRules),
      this.#all(members),
      this.#all(teamMembers),
      this.#all(roles),
      this.#all(grants),
    ])
    const untilAccounts = this.#configured?.untilAccounts ?? []
    const passing = untilAccounts.length > 0 && !(await hasAccounts(this.#store)) ? untilAccounts : []
    return {
      namespaces: rules.map(({ namespace, owner, visibility, allowPublicPublish, settings, createdAt }) => ({
        namespace,
        owner: as(owner, isNamespaceOwner),
        visibility: as(visibility, isNamespaceVisibility),
        allowPublicPublish,
        since: createdAt,
        kept: readKeptSettings(settings),
      })),
      members: memberRows.map(({ organisation, user, membership }) => ({
        organisation,
        user,
        membership: as(membership, isMembership),
      })),
      teamMembers: teamRows,
      ...(this.#configured?.users !== undefined && { configuredUsers: this.#configured.users }),
      ...(this.#configured?.addresses !== undefined && { addresses: this.#configured.addresses }),
      roles: [
        ...roleRows.map(({ name, permissions }) => ({
          name,
          // A permission of a later release gives nothing here.
          permissions: permissions.split(' ').filter(isPermission),
        })),
        ...(this.#configured?.roles ?? []),
      ],
      grants: [
        ...(this.#configured?.grants ?? []),
        ...passing,
        ...grantRows.map((grant) => ({ ...grant, to: as<Grantee>(grant.to, isGrantee) })),
      ],
    }
  }

  /** A table that has not changed is not read again: one change of rights is of one or two, and others are large. */
  async #all<R extends Row>(table: Table<R>): Promise<readonly R[]> {
    const bucket = this.#generations.tableBucket(table.name)
    const isKnown = (seen: number): boolean => this.#generations.isCurrent() && this.#isAt(bucket, seen)
    const kept = this.#rows.get(table.name)
    if (kept !== undefined && isKnown(kept.seen)) return kept.rows as readonly R[]
    const seen = this.#generations.at(bucket)
    const rows: R[] = []
    for await (const row of eachRow(this.#store, table)) rows.push(row)
    if (isKnown(seen)) this.#rows.set(table.name, { rows, seen })
    return rows
  }

  #seen(): readonly number[] {
    return this.#buckets.map((bucket) => this.#generations.at(bucket))
  }

  #holds(seen: readonly number[]): boolean {
    return this.#generations.isCurrent() && this.#buckets.every((bucket, at) => this.#isAt(bucket, seen[at]))
  }

  #isAt(bucket: number, seen: number | undefined): boolean {
    const now = this.#generations.at(bucket)
    return now >= 0 && now === seen
  }
}

/** @throws TypeError: a row that this release has not written */
function as<T extends string>(text: string, is: (text: string) => text is T): T {
  if (is(text)) return text
  throw new TypeError(`the records of rights have ${JSON.stringify(text)}, which this release does not know`)
}
