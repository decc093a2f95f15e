import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Access } from '../../../src/core/access/access.ts'
import {
  type AccessRules,
  type Allowed,
  configuredRights,
} from '../../../src/core/access/configured-rights.ts'
import { Rights } from '../../../src/core/access/rights.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import type { Principal } from '../../../src/domain/principal.ts'
import { parseRepositoryName } from '../../../src/domain/repository-name.ts'

const name = parseRepositoryName('acme/app')
const signIn = {
  signIn: async ({ user, secret }: { user: string; secret: string }) =>
    secret === 'right' ? ({ kind: 'user', name: user.toLowerCase() } as const) : undefined,
  firstStep: async () => undefined,
}
const accessOf = (rules: AccessRules): Access => {
  const rights = new Rights({ namespaces: [], members: [], teamMembers: [], ...configuredRights(rules) })
  return new Access(signIn, { known: rights, latest: rights, current: async () => rights })
}
const writing = [
  'artifacts:create',
  'artifacts:update',
  'artifacts:delete',
  'artifacts:publish',
  'tags:move',
  'tags:delete',
] as const
const never = ['members:manage', 'grants:manage', 'settings:manage', 'users:manage', 'audit:read'] as const

const principals: Readonly<Record<string, Principal>> = {
  anonymous: { kind: 'anonymous' },
  ada: { kind: 'user', name: 'ada' },
  bob: { kind: 'user', name: 'bob' },
  system: { kind: 'system', name: 'ada' },
}

/** Who may read and who may write, under each pair of rules. */
const matrix: readonly {
  readonly read: Allowed
  readonly write: Allowed
  readonly reads: string
  readonly writes: string
}[] = [
  { read: 'anyone', write: 'anyone', reads: 'anonymous ada bob system', writes: 'anonymous ada bob system' },
  { read: 'anyone', write: ['ada'], reads: 'anonymous ada bob system', writes: 'ada system' },
  { read: 'anyone', write: [], reads: 'anonymous ada bob system', writes: 'system' },
  { read: ['bob'], write: ['ada'], reads: 'ada bob system', writes: 'ada system' },
  { read: ['ada', 'bob'], write: ['ada'], reads: 'ada bob system', writes: 'ada system' },
  { read: ['bob'], write: [], reads: 'bob system', writes: 'system' },
  { read: [], write: [], reads: 'system', writes: 'system' },
  { read: [], write: 'anyone', reads: 'anonymous ada bob system', writes: 'anonymous ada bob system' },
]

describe('who may do what', () => {
  for (const { read, write, reads, writes } of matrix) {
    test(`read ${read || 'nobody'}, write ${write || 'nobody'}`, () => {
      const access = accessOf({ read, write })
      for (const [who, principal] of Object.entries(principals)) {
        const may = { read: reads.split(' ').includes(who), write: writes.split(' ').includes(who) }
        assert.equal(access.visible(principal)(name), may.read, `${who} sees`)
        const isAnonymous = principal.kind === 'anonymous'
        const asked = [
          ['artifacts:read', may.read, isAnonymous ? 'unauthenticated' : 'name-unknown'],
          ...writing.map((each) => [each, may.write, isAnonymous ? 'unauthenticated' : 'denied'] as const),
          ...never.map(
            (each) => [each, who === 'system', isAnonymous ? 'unauthenticated' : 'denied'] as const,
          ),
        ] as const
        for (const [permission, isAllowed, code] of asked) {
          assert.equal(access.may(principal, permission, name), isAllowed, `${who} ${permission}`)
          const authorize = (): void => access.authorize(principal, permission, name)
          if (isAllowed) authorize()
          else assert.throws(authorize, (error) => isRegistryError(error, code), `${who}, ${permission}`)
        }
      }
      const refused = ['artifacts:read' as const, ...writing].some(
        (each) => !access.may({ kind: 'anonymous' }, each, name),
      )
      if (refused) assert.equal(access.wantsCredentials, true)
    })
  }

  test('where anybody may do everything, nobody is asked who they are', () => {
    assert.equal(accessOf({ read: 'anyone', write: 'anyone' }).wantsCredentials, false)
    assert.equal(accessOf({ read: 'anyone', write: ['ada'] }).wantsCredentials, true)
  })
})

test('whoever shows the right password is whom the sign-in says, and nobody else is', async () => {
  const access = accessOf({ read: 'anyone', write: ['ada'] })
  assert.deepEqual(await access.login('Ada', 'right'), { kind: 'user', name: 'ada' })
  assert.equal(await access.login('ada', 'wrong'), undefined)
})
