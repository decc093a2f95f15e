import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { describePrincipal } from '../../domain/principal.ts'
import { answerJson, answerNothing } from '../shared/answer.ts'
import type { ApiCall, ApiRoute } from '../shared/route.ts'
import { keyJson, newKeyMembers, newKeyOf } from './key-json.ts'

/** Who you are, and your keys: `/api/v1/me`. */
export function ownRoutes({ accounts }: Pick<Registry, 'accounts'>): readonly ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/me',
      name: 'me',
      admits: 'anyone',
      needs: [{ be: 'anyone' }],
      handle: async ({ exchange, principal, csrf }) => {
        const via = 'via' in principal ? principal.via : undefined
        answerJson(exchange, 200, {
          principal: describePrincipal(principal),
          ...(via !== undefined && { via: via.kind }),
          ...(csrf !== undefined && { csrf }),
          ...(via?.scopes !== undefined && { scopes: via.scopes }),
        })
      },
    },
    {
      method: 'GET',
      path: '/api/v1/me/keys',
      name: 'own-keys',
      admits: 'someone',
      needs: [{ be: 'self' }],
      handle: async (call) => {
        const found = await accounts.listKeys(call.caller, selfOf(call))
        answerJson(call.exchange, 200, { keys: found.map(keyJson) })
      },
    },
    {
      method: 'POST',
      path: '/api/v1/me/keys',
      name: 'own-key-make',
      admits: 'someone',
      needs: [{ be: 'self' }],
      handle: async (call) => {
        const body = await call.body(newKeyMembers)
        const made = await accounts.makeKey(call.caller, { owner: selfOf(call), ...newKeyOf(body) })
        answerJson(call.exchange, 201, made)
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/me/keys/{key}',
      name: 'own-key-revoke',
      admits: 'someone',
      needs: [{ be: 'self' }],
      handle: async (call) => {
        await accounts.revokeKey(call.caller, call.at('key'))
        answerNothing(call.exchange)
      },
    },
  ]
}

function selfOf({ principal }: ApiCall): { readonly kind: 'user'; readonly name: string } {
  if (principal.kind === 'user') return { kind: 'user', name: principal.name }
  throw new RegistryError('denied', {
    action: 'having keys of your own',
    reason: 'keys of a robot are made by whoever manages the members of its namespace',
  })
}
