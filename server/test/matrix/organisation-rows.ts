import type { Rows } from './row.ts'
import { acme, denied, manageMembers, nobodyOwns, team, unseen } from './usual-rows.ts'
import { as } from './world.ts'

/** Organisations, their members and teams. */
export const organisationRows: Rows = {
  'GET /api/v1/organisations': [
    { needs: 'member', done: 200, refused: '200 hidden', shows: /"acme"/, ask: () => ({}) },
  ],
  'POST /api/v1/organisations': [
    {
      needs: 'account',
      done: 201,
      ...denied,
      ask: (world) => ({ body: { name: world.fresh('org') } }),
      // A key for something else makes none; one that manages users does.
      but: { ...nobodyOwns, robot: 201, 'robot for users:manage': 201 },
    },
  ],
  'GET /api/v1/organisations/{organisation}': [
    { needs: 'member', done: 200, ...unseen, ask: () => ({ at: acme }) },
  ],
  'DELETE /api/v1/organisations/{organisation}': [
    {
      needs: 'owner',
      done: 204,
      ...denied,
      ask: async (world) => ({ at: { organisation: await world.organisation() } }),
    },
  ],
  'GET /api/v1/organisations/{organisation}/members': [
    { needs: 'member', done: 200, ...unseen, ask: () => ({ at: acme }) },
  ],
  'PUT /api/v1/organisations/{organisation}/members/{user}': [
    {
      about: 'who reads is to write',
      needs: manageMembers,
      done: 204,
      ...denied,
      // It gives what a member may, which takes the same rights.
      but: { 'robot for members:manage': 403 },
      ask: async (world) => ({ at: { ...acme, user: await world.member() }, body: { role: 'write' } }),
    },
    {
      about: 'an owner is made',
      needs: 'owner',
      done: 204,
      ...denied,
      ask: async (world) => ({
        at: { organisation: await world.organisation(), user: 'rae' },
        body: { role: 'owner' },
      }),
      // It makes members besides, which takes another right.
      but: { 'robot for users:manage': 403 },
    },
  ],
  'DELETE /api/v1/organisations/{organisation}/members/{user}': [
    {
      needs: manageMembers,
      done: 204,
      ...denied,
      ask: async (world) => ({ at: { ...acme, user: await world.member() } }),
    },
    {
      about: 'themselves',
      needs: manageMembers,
      done: 204,
      ...denied,
      ask: async (world) => ({ at: { organisation: await world.organisation(), user: 'rae' } }),
      // Everybody may leave.
      but: { reader: 204 },
    },
  ],
  'GET /api/v1/organisations/{organisation}/teams': [
    { needs: 'member', done: 200, ...unseen, ask: () => ({ at: acme }) },
  ],
  'POST /api/v1/organisations/{organisation}/teams': [
    {
      needs: manageMembers,
      done: 201,
      ...denied,
      ask: (world) => ({ at: acme, body: { name: world.fresh('team') } }),
    },
  ],
  'GET /api/v1/organisations/{organisation}/teams/{team}': [
    {
      needs: 'member',
      done: 200,
      ...unseen,
      ask: async (world) => ({ at: { ...acme, team: await team(world) } }),
    },
  ],
  'DELETE /api/v1/organisations/{organisation}/teams/{team}': [
    {
      needs: manageMembers,
      done: 204,
      ...denied,
      ask: async (world) => ({ at: { ...acme, team: await team(world) } }),
    },
  ],
  'PUT /api/v1/organisations/{organisation}/teams/{team}/members/{user}': [
    {
      needs: manageMembers,
      done: 204,
      ...denied,
      ask: async (world) => ({ at: { ...acme, team: await team(world), user: 'rae' } }),
    },
  ],
  'DELETE /api/v1/organisations/{organisation}/teams/{team}/members/{user}': [
    {
      needs: manageMembers,
      done: 204,
      ...denied,
      ask: async (world) => {
        const name = await team(world)
        const which = { organisation: 'acme', team: name, user: 'rae' }
        await world.composed.registry.accounts.addToTeam(as('ada'), which)
        return { at: which }
      },
    },
  ],
}
