import type { Permission } from './permission.ts'

/** What a token is for, as the Distribution project's "Token Scope Documentation" writes it. */
export interface AccessEntry {
  readonly type: 'repository' | 'registry'
  /** A repository's name; of the registry `catalog`. */
  readonly name: string
  readonly actions: readonly string[]
}

export const tokenActions = ['pull', 'push', 'delete'] as const
export type TokenAction = (typeof tokenActions)[number]

/** What an action may need at most; who may do less of it may do no more by having a token. */
export const actionPermissions: { readonly [A in TokenAction]: readonly Permission[] } = {
  pull: ['artifacts:read'],
  push: ['artifacts:create', 'artifacts:update', 'artifacts:publish', 'tags:move'],
  delete: ['artifacts:delete', 'tags:delete'],
}

/** Lists over all repositories. */
export const catalogName = 'catalog'

/**
 * `repository:acme/app:pull,push`, and several of them with blanks between. A class, as in `repository(plugin):…`, says nothing
 * here. What has another form, or is of a type that nobody knows, asks for nothing.
 */
export function parseScopes(text: string): readonly AccessEntry[] {
  return text.split(' ').flatMap((scope) => {
    const first = scope.indexOf(':')
    const last = scope.lastIndexOf(':')
    if (first === -1 || first === last) return []
    const type = scope.slice(0, first).replace(/\([a-z0-9]+\)$/, '')
    if (type !== 'repository' && type !== 'registry') return []
    const actions = scope
      .slice(last + 1)
      .split(',')
      .filter((action) => action !== '')
    return [{ type, name: scope.slice(first + 1, last), actions: [...new Set(actions)] }]
  })
}

/** `*` is all of them. */
export function isAsked({ actions }: AccessEntry, action: TokenAction): boolean {
  return actions.includes(action) || actions.includes('*')
}

export function formatScope({ type, name, actions }: AccessEntry): string {
  return `${type}:${name}:${actions.join(',')}`
}
