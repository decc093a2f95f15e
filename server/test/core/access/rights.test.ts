import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Rights, type RightsFacts } from '../../../src/core/access/rights.ts'
import { matchesGlob } from '../../../src/domain/glob.ts'
import type { Grantee, KeyScope } from '../../../src/domain/grant.ts'
import type { NamespaceVisibility } from '../../../src/domain/namespace-settings.ts'
import { type Permission, permissions, type Target, wholeRegistry } from '../../../src/domain/permission.ts'
import type { Principal } from '../../../src/domain/principal.ts'
import {
  builtInRoles,
  membershipPermissions,
  memberships,
  ownerPermissions,
} from '../../../src/domain/role.ts'

const noFacts: RightsFacts = { namespaces: [], members: [], teamMembers: [], grants: [], roles: [] }
const ada = { kind: 'user', name: 'ada' } as const
const anonymous: Principal = { kind: 'anonymous' }
const robot: Principal = { kind: 'robot', namespace: 'acme', name: 'ci' }
const app: Target = { namespace: 'acme', kind: 'image', name: 'app' }
const acme: Target = { namespace: 'acme', kind: '', name: '' }

const rights = (facts: Partial<RightsFacts>): Rights => new Rights({ ...noFacts, ...facts })
const may = (of: Rights, asker: Principal, target: Target): readonly Permission[] =>
  permissions.filter((permission) => of.decide(asker, permission, target).allowed)

describe('who may what', () => {
  test('nobody may what nothing gives them, and the system may everything', () => {
    const of = rights({})
    for (const principal of [anonymous, ada, robot])
      for (const target of [app, acme, wholeRegistry]) assert.deepEqual(may(of, principal, target), [])
    assert.deepEqual(may(of, { kind: 'system', name: 'job' }, app), permissions)
  })

  test('each permission is its own: no role that has one has another by it', () => {
    for (const permission of permissions) {
      const of = rights({
        roles: [{ name: 'one', permissions: [permission] }],
        grants: [{ id: 'g', to: 'user:ada', role: 'one', namespace: 'acme', kind: '*', name: '*' }],
      })
      assert.deepEqual(may(of, ada, app), [permission])
      assert.deepEqual(may(of, { kind: 'user', name: 'bob' }, app), [])
      assert.deepEqual(may(of, ada, { ...app, namespace: 'other' }), [])
    }
  })

  test('built-in roles are what they are, whatever is called like them', () => {
    const of = rights({
      roles: [{ name: 'viewer', permissions: ['users:manage'] }],
      grants: [{ id: 'g', to: 'user:ada', role: 'viewer', namespace: '*', kind: '*', name: '*' }],
    })
    assert.deepEqual(may(of, ada, app), ['artifacts:read'])
    assert.deepEqual(
      [...(builtInRoles['editor'] ?? [])],
      ['artifacts:create', 'artifacts:read', 'artifacts:update'],
    )
    assert.deepEqual([...(builtInRoles['releaser'] ?? [])], ['artifacts:publish'])
  })

  test('a grant holds where it says, and a namespace as a whole only where all of it is meant', () => {
    const grant = {
      id: 'g',
      to: 'user:ada',
      role: 'admin',
      namespace: 'acme',
      kind: 'image',
      name: 'app*',
    } as const
    const of = rights({ grants: [grant] })
    assert.deepEqual(may(of, ada, app), permissions)
    assert.deepEqual(may(of, ada, { ...app, name: 'app/deep' }), permissions)
    for (const target of [{ ...app, name: 'other' }, { ...app, kind: 'chart' }, acme, wholeRegistry])
      assert.deepEqual(may(of, ada, target), [])
    const decided = of.decide(ada, 'artifacts:delete', app)
    assert.deepEqual(decided, {
      allowed: true,
      because: { by: 'grant', grant: 'g', to: 'user:ada', role: 'admin' },
    })
  })

  test('a team gives its members what it was given, and the organisation what they are in it', () => {
    const facts: Partial<RightsFacts> = {
      namespaces: [
        { namespace: 'acme', owner: 'organisation:acme', visibility: 'private', allowPublicPublish: false },
      ],
      teamMembers: [{ organisation: 'acme', team: 'release', user: 'ada' }],
      grants: [
        { id: 'g', to: 'team:acme/release', role: 'releaser', namespace: 'acme', kind: '*', name: '*' },
      ],
    }
    assert.deepEqual(may(rights(facts), ada, app), ['artifacts:publish'])
    for (const membership of memberships) {
      const of = rights({ ...facts, members: [{ organisation: 'acme', user: 'ada', membership }] })
      const expected = permissions.filter(
        (one) => membershipPermissions[membership].has(one) || one === 'artifacts:publish',
      )
      assert.deepEqual(may(of, ada, app), expected)
      assert.equal(of.membershipOf('ada', 'acme'), membership)
    }
  })

  test('a user may everything in a namespace of their own, but nothing of the registry', () => {
    const of = rights({
      namespaces: [{ namespace: 'ada', owner: 'user:ada', visibility: 'private', allowPublicPublish: false }],
    })
    const own = { namespace: 'ada', kind: 'image', name: 'app' }
    assert.deepEqual(may(of, ada, own), [...ownerPermissions])
    assert.ok(!ownerPermissions.has('users:manage'))
    assert.deepEqual(may(of, { kind: 'user', name: 'bob' }, own), [])
    assert.deepEqual(may(of, { kind: 'robot', namespace: 'user', name: 'ada' }, own), [])
  })

  test('a namespace is seen by whom its visibility names', () => {
    const seen = (visibility: NamespaceVisibility): readonly boolean[] => {
      const of = rights({
        namespaces: [{ namespace: 'acme', owner: 'user:bob', visibility, allowPublicPublish: false }],
      })
      return [anonymous, robot, ada].map((principal) => of.decide(principal, 'artifacts:read', app).allowed)
    }
    assert.deepEqual(seen('public'), [true, true, true])
    assert.deepEqual(seen('internal'), [false, false, true])
    assert.deepEqual(seen('private'), [false, false, false])
  })

  test('a key is good for what its owner may, and for no more than its scopes; what everyone may it never takes away', () => {
    const of = rights({
      namespaces: [
        { namespace: 'acme', owner: 'user:ada', visibility: 'private', allowPublicPublish: false },
        { namespace: 'open', owner: 'user:bob', visibility: 'public', allowPublicPublish: false },
      ],
    })
    const scope = {
      namespace: 'acme',
      kind: 'image',
      name: 'app',
      permissions: ['artifacts:read', 'users:manage'],
    } as const
    const by = (...scopes: readonly KeyScope[]): Principal => ({
      ...ada,
      via: { kind: 'key', id: 'k', scopes },
    })
    const asker = by(scope)
    assert.deepEqual(may(of, asker, app), ['artifacts:read'])
    assert.deepEqual(may(of, asker, { ...app, name: 'other' }), [])
    assert.deepEqual(of.decide(asker, 'artifacts:delete', app), { allowed: false, because: { by: 'scope' } })
    assert.deepEqual(may(of, asker, { namespace: 'open', kind: 'image', name: 'x' }), ['artifacts:read'])
    assert.deepEqual(may(of, by(), app), [])
  })
})

const users = ['ada', 'bob']
const namespaces = ['acme', 'open']
const grantees: readonly Grantee[] = [
  'anyone',
  'users',
  'user:ada',
  'robot:acme/ci',
  'team:acme/a',
  'team:acme/b',
]
const globs = ['*', 'app', 'a*', '*b', 'image']
const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

const facts = fc.record({
  namespaces: fc.uniqueArray(
    fc.record({
      namespace: pick(namespaces),
      owner: pick(['user:ada', 'user:bob', 'organisation:acme'] as const),
      visibility: pick(['public', 'internal', 'private'] as const),
      allowPublicPublish: fc.boolean(),
    }),
    { selector: ({ namespace }) => namespace },
  ),
  members: fc.uniqueArray(
    fc.record({ organisation: fc.constant('acme'), user: pick(users), membership: pick(memberships) }),
    { selector: ({ user }) => user },
  ),
  teamMembers: fc.array(
    fc.record({ organisation: fc.constant('acme'), team: pick(['a', 'b']), user: pick(users) }),
    { maxLength: 4 },
  ),
  grants: fc
    .array(
      fc.record({
        to: pick(grantees),
        role: pick(['admin', 'editor', 'viewer', 'releaser', 'own', 'gone']),
        namespace: pick(['*', ...namespaces]),
        kind: pick(globs),
        name: pick(globs),
      }),
      { maxLength: 8 },
    )
    .map((all) => all.map((grant, at) => ({ ...grant, id: `g${at}` }))),
  roles: fc.constant([{ name: 'own', permissions: ['tags:move', 'audit:read'] as const }]),
})

test('for any facts, somebody may what one of them gives, and nothing else', () => {
  const principals: readonly Principal[] = [
    anonymous,
    robot,
    ...users.map((name) => ({ kind: 'user', name }) as const),
  ]
  const target = fc.oneof(
    fc.record({
      namespace: pick(namespaces),
      kind: pick(['image', 'chart']),
      name: pick(['app', 'b', 'ab']),
    }),
    pick(namespaces).map((namespace) => ({ namespace, kind: '', name: '' })),
    fc.constant(wholeRegistry),
  )
  fc.assert(
    fc.property(facts, pick(principals), target, (given, principal, at) => {
      const of = new Rights(given)
      for (const permission of permissions)
        assert.equal(
          of.decide(principal, permission, at).allowed,
          allows(given, principal, permission, at),
          `${permission} on ${JSON.stringify(at)}`,
        )
    }),
    { numRuns: 500 },
  )
})

/** The same, said as slowly as it can be said. */
function allows(
  given: {
    readonly namespaces: readonly {
      namespace: string
      owner: string
      visibility: string
      allowPublicPublish: boolean
    }[]
    readonly members: readonly { user: string; membership: (typeof memberships)[number] }[]
    readonly teamMembers: readonly { organisation: string; team: string; user: string }[]
    readonly grants: readonly { to: string; role: string; namespace: string; kind: string; name: string }[]
  },
  principal: Principal,
  permission: Permission,
  target: Target,
): boolean {
  const user = principal.kind === 'user' ? principal.name : undefined
  const rule = given.namespaces.find(({ namespace }) => namespace === target.namespace)
  if (rule !== undefined && user !== undefined) {
    if (rule.owner === `user:${user}` && permission !== 'users:manage') return true
    const member = given.members.find((one) => one.user === user)
    if (
      rule.owner === 'organisation:acme' &&
      member &&
      membershipPermissions[member.membership].has(permission)
    )
      return true
  }
  const isWhole = target.kind === '' && target.name === ''
  for (const grant of given.grants) {
    const isTo =
      grant.to === 'anyone' ||
      (grant.to === 'users' && user !== undefined) ||
      grant.to === `user:${user}` ||
      (principal.kind === 'robot' && grant.to === `robot:${principal.namespace}/${principal.name}`) ||
      given.teamMembers.some(
        (one) => one.user === user && grant.to === `team:${one.organisation}/${one.team}`,
      )
    const isOpen = grant.to === 'anyone' || grant.to === 'users'
    const isHere =
      grant.namespace === target.namespace || (grant.namespace === '*' && !(isOpen && rule !== undefined))
    const isIt = isWhole
      ? grant.kind === '*' && grant.name === '*'
      : matchesGlob(grant.kind, target.kind) && matchesGlob(grant.name, target.name)
    const has =
      grant.role === 'own'
        ? permission === 'tags:move' || permission === 'audit:read'
        : builtInRoles[grant.role]?.has(permission) === true
    if (isTo && isHere && isIt && has) return true
  }
  if (rule === undefined) return false
  if (permission === 'artifacts:read')
    return rule.visibility === 'public' || (rule.visibility === 'internal' && user !== undefined)
  return permission === 'artifacts:create' && rule.allowPublicPublish && user !== undefined
}
