import type { Registry } from '../../boot/registry.ts'
import { answerJson, answerNothing } from '../shared/answer.ts'
import type { ApiRoute } from '../shared/route.ts'

/** Where else you sign in: `/api/v1/me/identities`. They are linked in a browser, at `/account`. */
export function identityRoutes({ outside }: Pick<Registry, 'outside'>): readonly ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/me/identities',
      name: 'own-identities',
      admits: 'someone',
      needs: [{ be: 'self' }],
      handle: async (call) => {
        const found = await outside.identities(call.caller)
        const identities = found.map(({ createdAt, usedAt, ...rest }) => ({
          ...rest,
          createdAt: new Date(createdAt).toISOString(),
          usedAt: new Date(usedAt).toISOString(),
        }))
        answerJson(call.exchange, 200, { identities })
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/me/identities/{identity}',
      name: 'own-identity-unlink',
      admits: 'someone',
      needs: [{ be: 'self' }],
      handle: async (call) => {
        await outside.unlink(call.caller, call.at('identity'))
        answerNothing(call.exchange)
      },
    },
  ]
}
