import type { Registry } from '../../boot/registry.ts'
import { answerJson, answerNothing } from '../shared/answer.ts'
import type { ApiRoute } from '../shared/route.ts'

const path = '/api/v1/roles'
const needs: ApiRoute['needs'] = [{ permission: 'grants:manage', of: 'registry' }]

/** Sets of permissions that are granted together. */
export function roleRoutes({ accounts }: Pick<Registry, 'accounts'>): readonly ApiRoute[] {
  return [
    {
      method: 'GET',
      path,
      name: 'roles',
      admits: 'someone',
      needs: [{ be: 'account' }],
      handle: async ({ exchange, caller }) =>
        answerJson(exchange, 200, { roles: await accounts.listRoles(caller) }),
    },
    {
      method: 'PUT',
      path: `${path}/{role}`,
      name: 'role-set',
      admits: 'deciding',
      needs,
      handle: async (call) => {
        const body = await call.body(['about', 'permissions'])
        const about = body.text('about')
        await accounts.setRole(call.caller, {
          name: call.at('role'),
          permissions: body.texts('permissions') ?? [],
          ...(about !== undefined && { about }),
        })
        answerNothing(call.exchange)
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{role}`,
      name: 'role-delete',
      admits: 'deciding',
      needs,
      handle: async (call) => {
        await accounts.deleteRole(call.caller, call.at('role'))
        answerNothing(call.exchange)
      },
    },
  ]
}
