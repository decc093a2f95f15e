import type { Rows } from './row.ts'
import {
  acme,
  denied,
  manageAllGrants,
  manageGrants,
  manageMembers,
  namespace,
  nobodyOwns,
  ownerFor,
  robot,
  role,
  unseen,
} from './usual-rows.ts'
import { system } from './world.ts'

/** Namespaces, robots, grants and roles. */
export const namespaceRows: Rows = {
  'GET /api/v1/namespaces': [
    {
      needs: 'seeing',
      done: 200,
      refused: '200 hidden',
      // Something else is public.
      anonymous: '200 hidden',
      shows: /"acme"/,
      ask: () => ({}),
    },
  ],
  'POST /api/v1/namespaces': [
    {
      about: 'of their own',
      needs: 'account',
      done: 201,
      ...denied,
      ask: (world, column) => ({ body: { namespace: world.fresh('space'), owner: ownerFor(column) } }),
      but: { ...nobodyOwns, robot: 201, 'robot for users:manage': 201 },
    },
    {
      about: 'of the organisation',
      needs: 'owner',
      done: 201,
      ...denied,
      ask: (world) => ({ body: { namespace: world.fresh('space'), owner: 'organisation:acme' } }),
      // An admin of an organisation makes its namespaces.
      but: { admin: 201 },
    },
  ],
  'GET /api/v1/namespaces/{namespace}': [
    { needs: 'seeing', done: 200, ...unseen, ask: () => ({ at: acme }) },
    {
      about: 'a public one',
      needs: 'anyone',
      done: 200,
      refused: 404,
      ask: () => ({ at: { namespace: 'open' } }),
    },
  ],
  'PATCH /api/v1/namespaces/{namespace}': [
    {
      needs: 'settings:manage of namespace',
      done: 204,
      ...denied,
      ask: () => ({ at: acme, body: { immutableTags: ['locked-*'] } }),
    },
    {
      about: 'what it may use',
      needs: 'settings:manage of registry',
      done: 204,
      ...denied,
      ask: () => ({ at: acme, body: { quota: { repositories: 1_000 } } }),
    },
  ],
  'POST /api/v1/namespaces/{namespace}/transfer': [
    {
      needs: 'owner',
      done: 204,
      ...denied,
      ask: async (world) => ({
        at: { namespace: await namespace(world) },
        body: { to: 'organisation:acme' },
      }),
      // Nobody gives away what they may not do there themselves.
      but: { 'robot for users:manage': 403 },
    },
  ],
  'DELETE /api/v1/namespaces/{namespace}': [
    {
      needs: 'owner',
      done: 204,
      ...denied,
      ask: async (world) => ({ at: { namespace: await namespace(world) } }),
    },
  ],

  'GET /api/v1/namespaces/{namespace}/robots': [
    { needs: manageMembers, done: 200, ...denied, ask: () => ({ at: acme }) },
  ],
  'POST /api/v1/namespaces/{namespace}/robots': [
    {
      needs: manageMembers,
      done: 201,
      ...denied,
      ask: (world) => ({ at: acme, body: { name: world.fresh('robot') } }),
    },
  ],
  'PATCH /api/v1/namespaces/{namespace}/robots/{robot}': [
    {
      needs: manageMembers,
      done: 204,
      ...denied,
      ask: async (world) => ({ at: { ...acme, robot: await robot(world) }, body: { disabled: true } }),
    },
  ],
  'DELETE /api/v1/namespaces/{namespace}/robots/{robot}': [
    {
      needs: manageMembers,
      done: 204,
      ...denied,
      ask: async (world) => ({ at: { ...acme, robot: await robot(world) } }),
    },
  ],
  'GET /api/v1/namespaces/{namespace}/robots/{robot}/keys': [
    { needs: manageMembers, done: 200, ...denied, ask: () => ({ at: { ...acme, robot: 'ci' } }) },
  ],
  'POST /api/v1/namespaces/{namespace}/robots/{robot}/keys': [
    {
      needs: manageMembers,
      done: 201,
      ...denied,
      ask: async (world) => ({ at: { ...acme, robot: await robot(world) }, body: { label: 'x' } }),
    },
  ],
  'DELETE /api/v1/namespaces/{namespace}/robots/{robot}/keys/{key}': [
    {
      needs: manageMembers,
      done: 204,
      ...denied,
      ask: async (world) => {
        const name = await robot(world)
        const owner = { kind: 'robot', namespace: 'acme', name } as const
        const { id } = await world.composed.registry.accounts.makeKey(system, { owner, label: 'x' })
        return { at: { ...acme, robot: name, key: id } }
      },
    },
  ],

  'GET /api/v1/grants': [
    { needs: manageGrants, done: 200, ...denied, ask: () => ({ query: '?namespace=acme' }) },
    {
      about: 'in all namespaces',
      needs: manageAllGrants,
      done: 200,
      ...denied,
      ask: () => ({ query: '?namespace=*' }),
    },
    {
      about: 'what somebody was given',
      needs: manageGrants,
      done: 200,
      refused: '200 hidden',
      shows: /user:bob/,
      ask: async ({ composed }) => {
        const { accounts } = composed.registry
        const given = { to: 'user:bob', role: 'viewer', namespace: 'acme', kind: '*', name: 'x' } as const
        if ((await accounts.listGrants(system, { to: 'user:bob' })).length === 0)
          await accounts.giveGrant(system, given)
        return { query: '?to=user:bob' }
      },
    },
  ],
  'POST /api/v1/grants': [
    {
      needs: manageGrants,
      done: 201,
      ...denied,
      ask: () => ({ body: { to: 'user:bob', role: 'viewer', namespace: 'acme', name: 'x' } }),
      // Nobody gives what they do not have: the key is not good for reading.
      but: { 'robot for grants:manage': 403 },
    },
    {
      about: 'in all namespaces',
      needs: manageAllGrants,
      done: 201,
      ...denied,
      ask: () => ({ body: { to: 'user:bob', role: 'viewer', namespace: '*', name: 'x' } }),
      but: { 'robot for grants:manage': 403 },
    },
  ],
  'DELETE /api/v1/grants/{grant}': [
    {
      needs: manageGrants,
      done: 204,
      ...denied,
      ask: async ({ composed }) => {
        const given = { to: 'user:bob', role: 'viewer', namespace: 'acme', kind: '*', name: 'y' } as const
        return { at: { grant: await composed.registry.accounts.giveGrant(system, given) } }
      },
    },
  ],
  'GET /api/v1/roles': [{ needs: 'account', done: 200, ...denied, ask: () => ({}) }],
  'PUT /api/v1/roles/{role}': [
    {
      needs: manageAllGrants,
      done: 204,
      ...denied,
      ask: (world) => ({ at: { role: world.fresh('role') }, body: { permissions: ['artifacts:read'] } }),
      but: { 'robot for grants:manage': 403 },
    },
  ],
  'DELETE /api/v1/roles/{role}': [
    {
      needs: manageAllGrants,
      done: 204,
      ...denied,
      ask: async (world) => ({ at: { role: await role(world) } }),
      // Nor does anybody take away what they do not have.
      but: { 'robot for grants:manage': 403 },
    },
  ],
}
