import { isRegistryError } from '../../domain/error.ts'
import { isWithin, type KeyScope } from '../../domain/grant.ts'
import type { Permission, Target } from '../../domain/permission.ts'
import type { Principal } from '../../domain/principal.ts'
import { parseRepositoryName, type RepositoryName } from '../../domain/repository-name.ts'
import {
  type AccessEntry,
  actionPermissions,
  catalogName,
  isAsked,
  type TokenAction,
  tokenActions,
} from '../../domain/token-scope.ts'
import { type Needed, targetOf } from './target-of.ts'

/** Who decides. */
export interface Judge {
  may(principal: Principal, needed: Needed, repository: RepositoryName): boolean
}

/**
 * Of what is asked for, what somebody may: never more. A repository that they may do nothing in is left out, whether it is
 * there or not.
 */
export function grantedOf(
  judge: Judge,
  principal: Principal,
  asked: readonly AccessEntry[],
): readonly AccessEntry[] {
  const granted = new Map<string, AccessEntry>()
  for (const entry of asked) {
    const actions = entry.type === 'registry' ? catalogActions(entry) : allowed(judge, principal, entry)
    const key = `${entry.type}:${entry.name}`
    const all = [...new Set([...(granted.get(key)?.actions ?? []), ...actions])]
    if (all.length > 0) granted.set(key, { type: entry.type, name: entry.name, actions: all })
  }
  return [...granted.values()]
}

/** Whoever lists sees what they may read, and nothing else: everybody may ask. */
function catalogActions({ name, actions }: AccessEntry): readonly string[] {
  return name === catalogName && actions.includes('*') ? ['*'] : []
}

function allowed(judge: Judge, principal: Principal, entry: AccessEntry): readonly TokenAction[] {
  const repository = repositoryOf(entry.name)
  if (repository === undefined) return []
  return tokenActions.filter(
    (action) => isAsked(entry, action) && judge.may(principal, actionPermissions[action], repository),
  )
}

function repositoryOf(name: string): RepositoryName | undefined {
  try {
    return parseRepositoryName(name)
  } catch (error) {
    if (isRegistryError(error, 'name-invalid')) return undefined
    throw error
  }
}

/** What a token is good for that says so, of a key that is good for `within` alone. */
export function scopesOfEntries(
  entries: readonly AccessEntry[],
  within: readonly KeyScope[] | undefined,
): readonly KeyScope[] {
  return entries.flatMap((entry): readonly KeyScope[] => {
    const repository = entry.type === 'repository' ? repositoryOf(entry.name) : undefined
    if (repository === undefined) return []
    const target = targetOf(repository)
    const permissions = tokenActions
      .filter((action) => isAsked(entry, action))
      .flatMap((action) => actionPermissions[action])
      .filter((permission) => within === undefined || gives(within, permission, target))
    return permissions.length === 0 ? [] : [{ permissions, ...target }]
  })
}

/** What may be listed with a token that says what it is good for. */
export function listingOfEntries(
  entries: readonly AccessEntry[],
  within: readonly KeyScope[] | undefined,
): readonly KeyScope[] {
  if (!entries.some(({ type, name }) => type === 'registry' && name === catalogName)) return []
  return within ?? [{ permissions: ['artifacts:read'], namespace: '*', kind: '*', name: '*' }]
}

function gives(scopes: readonly KeyScope[], permission: Permission, target: Target): boolean {
  return scopes.some((scope) => scope.permissions.includes(permission) && isWithin(scope, target))
}
