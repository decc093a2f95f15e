import type { Rows } from './row.ts'
import { denied, everyOne, found, ofLog, other, readAllAudit, readAudit } from './usual-rows.ts'

/** What was done, why something is answered so, and what is found. */
export const logRows: Rows = {
  'GET /api/v1/audit': [
    {
      ...ofLog,
      shows: /"repository":"acme\/app"/,
      ask: () => ({ query: '?namespace=acme&artifact=acme/app' }),
    },
    {
      ...ofLog,
      about: 'by what was done to',
      shows: /"repository":"acme\/app"/,
      ask: () => ({ query: '?artifact=acme/app' }),
    },
    {
      ...ofLog,
      about: 'what was done to the registry',
      needs: readAllAudit,
      shows: /"target":"user:bob"/,
      ask: () => ({ query: '?action=account.create&limit=1000' }),
    },
  ],
  'GET /api/v1/audit/export': [
    { ...ofLog, shows: /"repository":"acme\/app"/, ask: () => ({ query: '?namespace=acme' }) },
  ],
  'GET /api/v1/audit/heads': [{ needs: readAllAudit, done: 200, ...denied, ask: () => ({}) }],
  'GET /api/v1/audit/verify': [{ needs: readAllAudit, done: 200, ...denied, ask: () => ({}) }],
  'GET /api/v1/explain': [
    { needs: 'account', done: 200, ...denied, ask: () => ({ query: '?name=acme/app' }) },
    {
      about: 'what somebody else may',
      needs: readAudit,
      done: 200,
      ...denied,
      ask: (_world, column) => ({ query: `?name=acme/app&as=${other(column)}` }),
    },
  ],
  'GET /api/v1/explain/requests/{request}': [
    {
      ...ofLog,
      shows: /"repository":"acme\/app"/,
      ask: async (world) => {
        const refused = await world.request('stranger', 'GET', '/v2/acme/app/manifests/v1')
        await world.composed.refusals.flush()
        return { at: { request: String(refused.headers['x-request-id']) } }
      },
    },
  ],

  'GET /api/v1/search': [
    { ...everyOne, ask: () => ({ query: '?q=app' }) },
    { ...found, ask: () => ({ query: '?q=app' }) },
  ],
  'GET /api/v1/suggest': [
    { ...everyOne, ask: () => ({ query: '?q=app' }) },
    { ...found, ask: () => ({ query: '?q=app' }) },
  ],
}
