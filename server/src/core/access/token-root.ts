import { RegistryError } from '../../domain/error.ts'
import type { KeyScope } from '../../domain/grant.ts'
import type { Principal } from '../../domain/principal.ts'
import type { Core } from '../ledger/core.ts'
import type { NamedReads } from './kept-answers.ts'
import { knownKey, type Usable } from './known-key.ts'
import { accounts } from './tables.ts'

/**
 * What a token, or a family of them, rests upon: it is good as long as that is. `configuration`: a user whom the configuration
 * names.
 */
export type TokenRoot =
  | { readonly by: 'anyone' }
  | { readonly by: 'account'; readonly epoch: number }
  | { readonly by: 'configuration' }
  | { readonly by: 'key'; readonly key: string }

export type TokenOwner = Exclude<Principal, { kind: 'system' }>

/** On whose behalf a token is made, as they came in, and what it rests upon. */
export interface TokenHolder {
  readonly principal: Principal
  readonly owner: TokenOwner
  readonly root: TokenRoot
  readonly family?: string
}

/** A root that holds, as far as the records say. */
export interface Standing extends Usable {
  readonly owner: TokenOwner
  /** What the key is good for; undefined: whatever its owner may. */
  readonly scopes?: readonly KeyScope[]
}

type Records = Pick<Core, 'store'>

/**
 * Upon what somebody's token rests who came in as they did.
 * @throws RegistryError `denied` to whoever came by a token: it would never end
 */
export async function rootOf({ store }: Records, principal: Principal): Promise<TokenRoot> {
  if (principal.kind === 'anonymous') return { by: 'anyone' }
  const via = 'via' in principal ? principal.via : undefined
  if (via?.kind === 'key') return { by: 'key', key: via.id }
  if (principal.kind === 'user' && via === undefined) return { by: 'configuration' }
  if (principal.kind === 'user' && (via?.kind === 'password' || via?.kind === 'session')) {
    const epoch = via.epoch ?? (await store.get(accounts, [principal.name]))?.epoch
    if (epoch !== undefined) return { by: 'account', epoch }
  }
  throw new RegistryError('denied', {
    action: 'making a token',
    reason: 'it takes a password, a session or a key; a token makes no others',
  })
}

/** undefined: it does not hold any more. */
export async function standingOf(
  records: Records,
  { owner, root }: { readonly owner: TokenOwner; readonly root: TokenRoot },
  reads: NamedReads,
): Promise<Standing | undefined> {
  const { store } = records
  const plain = { owner, from: undefined, expiresAt: 0 }
  switch (root.by) {
    case 'anyone':
      return owner.kind === 'anonymous' ? plain : undefined
    case 'account': {
      if (owner.kind !== 'user') return undefined
      reads.row(accounts, [owner.name])
      const account = await store.get(accounts, [owner.name])
      const holds = account?.kind === 'user' && account.state === 'active' && account.epoch === root.epoch
      return holds ? plain : undefined
    }
    case 'configuration': {
      if (owner.kind !== 'user') return undefined
      reads.row(accounts, [owner.name])
      // A name that has an account is the account's.
      return (await store.get(accounts, [owner.name])) === undefined ? plain : undefined
    }
    case 'key': {
      const known = await knownKey(records, root.key, reads)
      if (known === undefined || !isSame(known.principal, owner)) return undefined
      const scopes = 'via' in known.principal ? known.principal.via?.scopes : undefined
      return { owner, from: known.from, expiresAt: known.expiresAt, ...(scopes && { scopes }) }
    }
  }
}

function isSame(one: Principal, other: Principal): boolean {
  return one.kind === 'robot' && other.kind === 'robot'
    ? one.namespace === other.namespace && one.name === other.name
    : one.kind === 'user' && other.kind === 'user' && one.name === other.name
}
