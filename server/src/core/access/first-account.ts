import type { Principal } from '../../domain/principal.ts'
import { timeOrderedId } from '../../domain/time-ordered-id.ts'
import { insert } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { accounts, grants, namespaceRules, passwords } from './tables.ts'

/** On whose behalf the first account is made. */
export const setupPrincipal: Principal = { kind: 'system', name: 'setup' }

const by = 'system:setup'
/** The same one for every try to make a first account: of those that are made at once, the store takes one. */
const firstGrant = timeOrderedId(0, '00000000-0000-4000-8000-000000000000')

export interface FirstAccountRow {
  readonly name: string
  readonly title: string
  readonly email: string
  /** Of their password. */
  readonly hash: string
}

/** Somebody who may do everything, with the namespace of their name. For a batch that was decided where there are no accounts. */
export function firstAccount(
  { clock }: Pick<Core, 'clock'>,
  { name, title, email, hash }: FirstAccountRow,
): readonly Change[] {
  const now = clock.now()
  return [
    insert(accounts, {
      ...{ name, kind: 'user' as const, title, email, emailVerifiedAt: 0, state: 'active' as const },
      ...{ createdAt: now, createdBy: by, epoch: 0, keyEpoch: 0 },
    }),
    insert(passwords, { user: name, hash, changedAt: now }),
    insert(grants, {
      ...{ id: firstGrant, to: `user:${name}`, role: 'admin', namespace: '*', kind: '*', name: '*' },
      ...{ by, at: now },
    }),
    insert(namespaceRules, {
      ...{ namespace: name, owner: `user:${name}`, visibility: 'private' },
      ...{ allowPublicPublish: false, settings: '{}', createdAt: now },
    }),
  ]
}
