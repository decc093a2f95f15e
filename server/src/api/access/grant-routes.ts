import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { type Grantee, isGrantee } from '../../domain/grant.ts'
import { StrictParameters } from '../../http/strict-parameters.ts'
import { answerJson, answerNothing } from '../shared/answer.ts'
import type { ApiBody, ApiRoute } from '../shared/route.ts'
import { shownTime } from './read-page.ts'

const path = '/api/v1/grants'
const needs: ApiRoute['needs'] = [{ permission: 'grants:manage', of: 'namespace' }]

/** Who may do what where. */
export function grantRoutes({ accounts }: Pick<Registry, 'accounts'>): readonly ApiRoute[] {
  return [
    {
      method: 'GET',
      path,
      name: 'grants',
      admits: 'deciding',
      needs,
      handle: async ({ exchange, caller }) => {
        const found = await accounts.listGrants(caller, queryOf(exchange.parameters))
        const grants = found.map(({ at, ...grant }) => ({ ...grant, at: shownTime(at) }))
        answerJson(exchange, 200, { grants })
      },
    },
    {
      method: 'POST',
      path,
      name: 'grant-give',
      admits: 'deciding',
      needs,
      handle: async (call) => {
        const body = await call.body(['to', 'role', 'namespace', 'kind', 'name'])
        const id = await accounts.giveGrant(call.caller, {
          to: granteeOf(body),
          role: body.requiredText('role'),
          namespace: body.requiredText('namespace'),
          kind: body.text('kind') ?? '*',
          name: body.text('name') ?? '*',
        })
        answerJson(call.exchange, 201, { id })
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{grant}`,
      name: 'grant-take',
      admits: 'deciding',
      needs,
      handle: async (call) => {
        await accounts.takeGrant(call.caller, call.at('grant'))
        answerNothing(call.exchange)
      },
    },
  ]
}

function queryOf(parameters: URLSearchParams): { readonly namespace: string } | { readonly to: string } {
  const read = new StrictParameters(parameters, ['namespace', 'to'])
  const [namespace, to] = [read.text('namespace'), read.text('to')]
  if (namespace !== undefined && to === undefined) return { namespace }
  if (to !== undefined && namespace === undefined) return { to }
  throw new RegistryError('parameter-invalid', {
    parameter: 'namespace',
    reason: 'either it is said, or to is',
  })
}

function granteeOf(body: ApiBody): Grantee {
  const to = body.requiredText('to')
  if (isGrantee(to)) return to
  throw new RegistryError('parameter-invalid', {
    parameter: 'to',
    reason: 'it is not anyone, users, user:<name>, team:<organisation>/<team> or robot:<namespace>/<name>',
  })
}
