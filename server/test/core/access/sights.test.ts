import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { sightBounds } from '../../../src/core/access/bounded-sight.ts'
import { Rights, type RightsFacts } from '../../../src/core/access/rights.ts'
import { AddressRanges } from '../../../src/domain/address-ranges.ts'
import { visibilities } from '../../../src/domain/artifact.ts'
import type { Grantee } from '../../../src/domain/grant.ts'
import { isInSight } from '../../../src/domain/in-sight.ts'
import type { Permission } from '../../../src/domain/permission.ts'
import { describePrincipal, type Principal } from '../../../src/domain/principal.ts'
import { memberships } from '../../../src/domain/role.ts'
import { type Seen, wholeSight } from '../../../src/domain/search.ts'

const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const users = ['ada', 'bob']
const namespaces = ['acme', 'open', 'zoo']
const kinds = ['image', 'chart', 'skill']
const names = ['app', 'app-web', 'tools/app', 'b']
const grantees: readonly Grantee[] = ['anyone', 'users', 'user:ada', 'robot:acme/ci', 'team:acme/a']
const kindGlobs = ['*', '*', 'image', 'c*', '*i*', 'nothing']
const nameGlobs = ['*', '*', 'app', 'app*', '*/*', '*app', 'a*b', 'b']
const roles = [
  { name: 'reads', permissions: ['artifacts:read'] as const },
  { name: 'changes', permissions: ['artifacts:update'] as const },
  { name: 'makes', permissions: ['artifacts:create', 'artifacts:publish'] as const },
]
const place = { namespace: pick(['*', ...namespaces]), kind: pick(kindGlobs), name: pick(nameGlobs) }
const addresses = ['10.0.0.1', '192.0.2.1', '']

const facts = fc.record({
  namespaces: fc.uniqueArray(
    fc.record({
      namespace: pick(namespaces),
      owner: pick(['user:ada', 'user:bob', 'organisation:acme'] as const),
      visibility: pick(['public', 'internal', 'private'] as const),
      allowPublicPublish: fc.boolean(),
      kept: pick([{}, {}, { addresses: ['10.0.0.0/8'] }]),
    }),
    { selector: ({ namespace }) => namespace },
  ),
  members: fc.uniqueArray(
    fc.record({ organisation: fc.constant('acme'), user: pick(users), membership: pick(memberships) }),
    { selector: ({ user }) => user },
  ),
  teamMembers: fc.array(
    fc.record({ organisation: fc.constant('acme'), team: pick(['a', 'b']), user: pick(users) }),
    { maxLength: 2 },
  ),
  grants: fc
    .array(
      fc.record({
        to: pick(grantees),
        role: pick(['editor', 'viewer', 'reads', 'changes', 'makes', 'gone']),
        ...place,
      }),
      { maxLength: 8 },
    )
    .map((all) => all.map((grant, at) => ({ ...grant, id: `g${at}` }))),
  roles: fc.constant(roles),
  addresses: pick([
    new Map(),
    new Map(),
    new Map([['*', new AddressRanges(['10.0.0.0/8'])]]),
    new Map([
      ['acme', new AddressRanges(['192.0.2.0/24'])],
      ['zoo', new AddressRanges(['10.0.0.1'])],
    ]),
  ]),
})

const scopes = fc.array(
  fc.record({
    permissions: pick<readonly Permission[]>([
      ['artifacts:read'],
      ['artifacts:update'],
      ['artifacts:read', 'artifacts:update'],
      ['artifacts:create'],
    ]),
    ...place,
  }),
  { maxLength: 3 },
)

const principals: fc.Arbitrary<Principal> = fc
  .record({
    who: pick<Principal>([
      { kind: 'anonymous' },
      { kind: 'robot', namespace: 'acme', name: 'ci' },
      ...users.map((name) => ({ kind: 'user', name }) as const),
    ]),
    scopes: fc.option(scopes, { nil: undefined }),
    from: fc.option(pick(addresses), { nil: undefined }),
  })
  .map(({ who, scopes, from }): Principal => {
    const placed = from === undefined ? who : { ...who, from }
    if (scopes === undefined || placed.kind === 'anonymous' || placed.kind === 'system') return placed
    return { ...placed, via: { kind: 'key', id: 'k', scopes } }
  })

const everything: readonly Seen[] = [...namespaces, 'nobodys'].flatMap((namespace) =>
  kinds.flatMap((kind) =>
    names.flatMap((name) =>
      visibilities.flatMap((visibility) =>
        ['user:ada', 'user:bob', 'robot:acme/ci'].map((owner) => ({
          namespace,
          kind,
          name,
          visibility,
          owner,
        })),
      ),
    ),
  ),
)

/** What is found: of what may be read what is public, one's own, or where one may change it, and not as anyone may. */
function finds(
  { rights, named }: { readonly rights: Rights; readonly named: Rights },
  principal: Principal,
  { visibility, owner, ...target }: Seen,
): boolean {
  return (
    rights.decide(principal, 'artifacts:read', target).allowed &&
    (visibility === 'public' ||
      owner === describePrincipal(principal) ||
      named.decide(principal, 'artifacts:update', target).allowed)
  )
}

const noFacts: RightsFacts = { namespaces: [], members: [], teamMembers: [], grants: [], roles: [] }
const ada: Principal = { kind: 'user', name: 'ada' }
const grantOf = (at: number, name: string, to: Grantee = 'user:ada') =>
  ({ id: `g${at}`, to, role: 'viewer', namespace: `n${at}`, kind: '*', name }) as const

describe('what somebody finds', () => {
  test('for any rights, keys and addresses it is what they may read, and nothing else', () => {
    let found = 0
    let hidden = 0
    fc.assert(
      fc.property(facts, principals, (given, principal) => {
        const rights = new Rights(given)
        const named = new Rights({ ...given, grants: given.grants.filter(({ to }) => to !== 'anyone') })
        const sight = rights.sightOf(principal)
        for (const seen of everything) {
          const isFound = finds({ rights, named }, principal, seen)
          if (isFound) found++
          else hidden++
          if (isInSight(sight, seen) !== isFound)
            assert.fail(`${isFound ? 'hides' : 'shows'} ${JSON.stringify([seen, sight])}`)
        }
      }),
      { numRuns: 3_000 },
    )
    assert.ok(found > 10_000 && hidden > 10_000)
  })

  test('the system finds everything, and nobody anything without rights', () => {
    assert.equal(new Rights(noFacts).sightOf({ kind: 'system', name: 'job' }), wholeSight)
    assert.deepEqual(new Rights(noFacts).sightOf({ kind: 'anonymous' }), [])
    assert.deepEqual(new Rights(noFacts).sightOf(ada), [])
  })

  test('whoever may change everything asks for all, and an open registry names what is hidden alone', () => {
    const everywhere = { namespace: '*', kind: '*', name: '*' }
    const admin = { id: 'g', to: 'user:ada', role: 'admin', ...everywhere } as const
    assert.deepEqual(new Rights({ ...noFacts, grants: [admin] }).sightOf(ada), [{}])
    const rule = { owner: 'user:bob', allowPublicPublish: false } as const
    const open = new Rights({
      ...noFacts,
      grants: [{ id: 'g', to: 'anyone', role: 'viewer', ...everywhere }],
      namespaces: [
        { ...rule, namespace: 'shown', visibility: 'public' },
        { ...rule, namespace: 'hidden', visibility: 'private' },
      ],
    })
    assert.deepEqual(open.sightOf({ kind: 'anonymous' }), [
      { visibilities: ['public'], exceptNamespaces: ['hidden'] },
    ])
    assert.deepEqual(new Rights({ ...noFacts, grants: [admin] }).sightOf({ kind: 'anonymous' }), [])
  })

  test('grants of one kind and name are one clause, however many namespaces they are of', () => {
    const grants = Array.from({ length: 5_000 }, (_, at) => grantOf(at, 'app*'))
    const sight = new Rights({ ...noFacts, grants }).sightOf(ada)
    assert.equal(sight.length, 2)
    for (const { namespaces = [] } of sight) assert.equal(namespaces.length, 5_000)
  })

  test('of more than one question names less is shown, and never more', () => {
    const whole = { ...grantOf(100_000, '*'), namespace: 'whole' }
    const grants = [...Array.from({ length: 3_000 }, (_, at) => grantOf(at, `app-${at}*`)), whole]
    const rights = new Rights({ ...noFacts, grants })
    const sight = rights.sightOf(ada)
    assert.ok(sight.length > 100 && sight.length <= sightBounds.clauses)
    const seen = (namespace: string, name: string): Seen => ({
      namespace,
      name,
      kind: 'image',
      visibility: 'public',
      owner: 'user:bob',
    })
    // Whole namespaces come first.
    assert.ok(isInSight(sight, seen('whole', 'anything')))
    let found = 0
    for (let at = 0; at < 3_000; at++) {
      if (isInSight(sight, seen(`n${at}`, `app-${at}-web`))) found++
      assert.ok(!isInSight(sight, seen(`n${at}`, `other-${at}`)))
      assert.ok(!isInSight(sight, seen(`n${at + 1}`, `app-${at}-web`)))
    }
    assert.ok(found > 50)
  })

  test('of an open registry that hides more namespaces than are named, those that are shown are found', () => {
    const hides = sightBounds.namespaces + 1
    const rule = { owner: 'user:bob', allowPublicPublish: false } as const
    const rights = new Rights({
      ...noFacts,
      grants: [{ id: 'g', to: 'anyone', role: 'viewer', namespace: '*', kind: '*', name: '*' }],
      namespaces: [
        { ...rule, namespace: 'shown', visibility: 'public' },
        ...Array.from({ length: hides }, (_, at) => ({
          ...rule,
          namespace: `n${at}`,
          visibility: 'private' as const,
        })),
      ],
    })
    assert.deepEqual(rights.sightOf({ kind: 'anonymous' }), [
      { visibilities: ['public'], namespaces: ['shown'] },
    ])
  })

  test('the same rights answer with the same sight, and other ones with another', () => {
    const grants = [grantOf(1, '*')]
    const rights = new Rights({ ...noFacts, grants })
    assert.equal(rights.sightOf(ada), rights.sightOf({ ...ada }))
    const scoped = { ...ada, via: { kind: 'key', id: 'k', scopes: [] } } as const
    assert.notDeepEqual(rights.sightOf(ada), [])
    assert.deepEqual(rights.sightOf(scoped), [])
    assert.deepEqual(new Rights(noFacts).sightOf(ada), [])
  })
})
