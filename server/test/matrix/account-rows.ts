import type { Person } from './columns.ts'
import { cells, type Rows } from './row.ts'
import { denied, everyOne, json, manageUsers, nobodyOwns, own, robots, unseen, user } from './usual-rows.ts'
import { names, system } from './world.ts'

/** Users, their keys, sessions and tokens. */
export const accountRows: Rows = {
  'GET /api/v1/me': [{ ...everyOne, ask: () => ({}) }],
  'GET /api/v1/me/keys': [{ ...own, done: 200, ask: () => ({}), but: nobodyOwns }],
  'POST /api/v1/me/keys': [{ ...own, done: 201, ask: () => ({ body: { label: 'mine' } }), but: nobodyOwns }],
  'DELETE /api/v1/me/keys/{key}': [
    {
      ...own,
      about: 'one of their own',
      done: 204,
      ask: async ({ composed }, column) => {
        const owner = { kind: 'user', name: names[column as Person] ?? 'ada' } as const
        const made = await composed.registry.accounts.makeKey(system, { owner, label: 'x' })
        return { at: { key: made.id } }
      },
      // Whoever may manage users revokes theirs.
      but: { ...nobodyOwns, robot: 204, 'robot for users:manage': 204 },
    },
    {
      about: 'one of somebody else',
      needs: 'self and users:manage of registry',
      done: 204,
      ...denied,
      ask: async ({ composed }) => {
        const owner = { kind: 'user', name: 'bob' } as const
        return { at: { key: (await composed.registry.accounts.makeKey(system, { owner, label: 'x' })).id } }
      },
      but: { robot: 204, 'robot for users:manage': 204 },
    },
  ],
  'PUT /api/v1/me/email': [{ ...own, done: 204, ask: () => ({ body: { email: '' } }), but: nobodyOwns }],
  'GET /api/v1/me/sessions': [{ ...own, done: 200, ask: () => ({}), but: nobodyOwns }],
  'DELETE /api/v1/me/sessions': [{ ...own, done: 204, ask: () => ({}), but: nobodyOwns }],
  'DELETE /api/v1/me/sessions/{session}': [
    { ...own, done: 404, ask: () => ({ at: { session: 'none' } }), but: nobodyOwns },
  ],
  'GET /api/v1/me/identities': [{ ...own, done: 200, ask: () => ({}), but: nobodyOwns }],
  'DELETE /api/v1/me/identities/{identity}': [
    { ...own, done: 404, ask: () => ({ at: { identity: 'none' } }), but: nobodyOwns },
  ],

  'GET /api/v1/me/second-factor': [{ ...own, done: 200, ask: () => ({}), but: nobodyOwns }],
  'POST /api/v1/me/second-factor/totp': [
    { ...own, done: 201, ask: () => ({ body: { password: 'correct horse' } }), but: nobodyOwns },
  ],
  'POST /api/v1/me/second-factor/totp/confirm': [
    { ...own, done: 400, ask: () => ({ body: { code: '000000' } }), but: nobodyOwns },
  ],
  'POST /api/v1/me/second-factor/passkeys': [
    { ...own, done: 201, ask: () => ({ body: { password: 'correct horse' } }), but: nobodyOwns },
  ],
  'POST /api/v1/me/second-factor/passkeys/confirm': [
    { ...own, done: 400, ask: () => ({ body: { response: '{}' } }), but: nobodyOwns },
  ],
  'POST /api/v1/me/second-factor/recovery-codes': [
    // Who has no second factor has nothing to recover.
    { ...own, done: 403, ask: () => ({ body: { password: 'correct horse' } }), but: nobodyOwns },
  ],
  'POST /api/v1/me/second-factor/remove': [
    {
      ...own,
      done: 404,
      ask: () => ({ body: { factor: 'none', password: 'correct horse' } }),
      but: nobodyOwns,
    },
  ],

  'GET /api/v1/users': [{ needs: manageUsers, done: 200, ...denied, ask: () => ({}) }],
  'POST /api/v1/users': [
    { needs: manageUsers, done: 201, ...denied, ask: (world) => ({ body: { name: world.fresh('user') } }) },
  ],
  'PATCH /api/v1/users/{user}': [
    {
      needs: manageUsers,
      done: 204,
      ...denied,
      ask: async (world) => ({ at: { user: await user(world) }, body: { state: 'disabled' } }),
    },
  ],
  'POST /api/v1/users/{user}/link': [
    { needs: manageUsers, done: 201, ...denied, ask: async (world) => ({ at: { user: await user(world) } }) },
  ],

  'DELETE /api/v1/users/{user}/second-factor': [
    { needs: manageUsers, done: 204, ...denied, ask: async (world) => ({ at: { user: await user(world) } }) },
  ],

  'POST /api/v1/tokens': [
    { needs: 'account', done: 201, ...denied, ask: () => ({ body: { refresh: false } }) },
    { about: 'that are refreshed', needs: 'account', done: 201, ...denied, ask: () => ({ body: {} }) },
  ],
  'POST /api/v1/tokens/refresh': [
    {
      needs: 'anyone',
      done: 200,
      refused: 200,
      ask: async (world) => {
        const made = await world.request('owner', 'POST', '/api/v1/tokens', json({}))
        return { body: { refreshToken: made.json().refreshToken } }
      },
    },
    {
      about: 'by none',
      needs: 'anyone',
      done: 401,
      refused: 401,
      ask: () => ({ body: { refreshToken: 'ldgr_none' } }),
    },
  ],
  'GET /api/v1/tokens': [{ ...own, done: 200, ask: () => ({}), but: nobodyOwns }],
  'DELETE /api/v1/tokens/{family}': [
    {
      ...own,
      about: 'one of their own',
      done: 204,
      ask: async (world, column) => {
        const made = await world.request(column, 'POST', '/api/v1/tokens', json({}))
        return { at: { family: made.status === 201 ? made.json().family : 'none' } }
      },
      // A key for something else ends none, not even one that was begun with it.
      but: { ...cells(404, robots), robot: 204, 'robot for members:manage': 204 },
    },
    {
      about: 'one of somebody else',
      needs: manageUsers,
      done: 204,
      ...unseen,
      ask: async (world) => {
        const made = await world.request('owner', 'POST', '/api/v1/tokens', json({}))
        return { at: { family: made.json().family } }
      },
      // It is theirs.
      but: { owner: 204 },
    },
  ],
}
