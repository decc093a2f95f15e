import type { KeyScope } from '../../domain/grant.ts'
import { permissions } from '../../domain/permission.ts'
import type { Principal, Via } from '../../domain/principal.ts'
import { entriesOf, invalid, membersOf, oneOf, textIn } from './given.ts'

const kinds = ['anonymous', 'user', 'robot', 'system'] as const
const ways = ['password', 'session', 'key', 'token', 'setup'] as const
/** Characters of a name, an address or a pattern. */
const longestName = 255
const mostScopes = 1_000

/** Who somebody acts for, whatever becomes of what was given. @throws ValidationError */
export function principalIn(given: unknown): Principal {
  const { kind, name, namespace, via, from } = membersOf(given, { field: 'principal', as: 'principal' }, [
    'kind',
    'name',
    'namespace',
    'via',
    'from',
  ])
  const placed = from === undefined ? {} : { from: textIn(from, 'principal.from', longestName) }
  const shown = via === undefined ? {} : { via: viaIn(via) }
  switch (oneOf(kind, 'principal.kind', kinds)) {
    case 'anonymous':
      return { kind: 'anonymous', ...placed }
    case 'user':
      return { kind: 'user', name: nameIn(name, 'principal.name'), ...shown, ...placed }
    case 'robot':
      return {
        kind: 'robot',
        namespace: nameIn(namespace, 'principal.namespace'),
        name: nameIn(name, 'principal.name'),
        ...shown,
        ...placed,
      }
    case 'system':
      return { kind: 'system', name: nameIn(name, 'principal.name') }
  }
}

/** A name with a slash could be that of somebody else once it is written down. */
function nameIn(value: unknown, field: string): string {
  const name = textIn(value, field, longestName)
  if (name === '' || name.includes('/')) throw invalid(field, 'it is empty, or has a slash')
  return name
}

function viaIn(given: unknown): Via {
  const field = 'principal.via'
  const { kind, id, scopes } = membersOf(given, { field, as: field, passed: ['listing', 'epoch'] }, [
    'kind',
    'id',
    'scopes',
  ])
  return {
    kind: oneOf(kind, `${field}.kind`, ways),
    id: textIn(id, `${field}.id`, longestName),
    ...(scopes !== undefined && {
      scopes: entriesOf(scopes, `${field}.scopes`, mostScopes, 'scopes of a key').map(scopeIn),
    }),
  }
}

function scopeIn(given: unknown, at: number): KeyScope {
  const field = `principal.via.scopes[${at}]`
  const scope = membersOf(given, { field, as: field }, ['namespace', 'kind', 'name', 'permissions'])
  const text = (name: 'namespace' | 'kind' | 'name'): string =>
    textIn(scope[name], `${field}.${name}`, longestName)
  return {
    namespace: text('namespace'),
    kind: text('kind'),
    name: text('name'),
    permissions: entriesOf(
      scope.permissions,
      `${field}.permissions`,
      permissions.length,
      'permissions there are',
    ).map((one) => oneOf(one, `${field}.permissions`, permissions)),
  }
}
