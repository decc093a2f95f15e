import type { Registry, ShownFamily, TokenFace, TokenPair } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { answerJson, answerNothing } from '../shared/answer.ts'
import type { ApiCall, ApiRoute } from '../shared/route.ts'

const usualLabel = 'a client of the API'

/** Access tokens for the API, what they are refreshed by, and signing out: `/api/v1/tokens`. */
export function tokenRoutes({ tokens }: Pick<Registry, 'tokens'>): readonly ApiRoute[] {
  return tokens === undefined ? [] : [...making(tokens), ...keeping(tokens)]
}

function making(tokens: TokenFace): readonly ApiRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/v1/tokens',
      name: 'token-make',
      admits: 'someone',
      needs: [{ be: 'account' }],
      handle: async (call) => {
        const body = await call.body(['label', 'refresh'])
        const label = body.text('label') ?? usualLabel
        if (body.flag('refresh') === false) {
          const { token, expiresIn } = await tokens.whole(call.principal)
          return answerJson(call.exchange, 201, { accessToken: token, expiresIn })
        }
        answerJson(call.exchange, 201, pairJson(await tokens.begin(call.caller, label)))
      },
    },
    {
      method: 'POST',
      path: '/api/v1/tokens/refresh',
      name: 'token-refresh',
      admits: 'anyone',
      // Whoever shows a refresh token.
      needs: [{ be: 'anyone' }],
      handle: async (call) => {
        const body = await call.body(['refreshToken'])
        answerJson(
          call.exchange,
          200,
          pairJson(await tokens.renew(call.caller, body.requiredText('refreshToken'))),
        )
      },
    },
  ]
}

function keeping(tokens: TokenFace): readonly ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/tokens',
      name: 'tokens',
      admits: 'someone',
      needs: [{ be: 'self' }],
      handle: async (call) => {
        const families = await tokens.list(call.caller, selfOf(call))
        answerJson(call.exchange, 200, { families: families.map(familyJson) })
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/tokens/{family}',
      name: 'token-end',
      admits: 'someone',
      needs: [{ be: 'self' }],
      handle: async (call) => {
        const family = call.at('family')
        await (family === 'current' ? tokens.end(call.caller) : tokens.end(call.caller, family))
        answerNothing(call.exchange)
      },
    },
  ]
}

function selfOf({ principal }: ApiCall): { readonly kind: 'user'; readonly name: string } {
  if (principal.kind === 'user') return { kind: 'user', name: principal.name }
  throw new RegistryError('denied', {
    action: 'listing sign-ins',
    reason: 'those of a robot end with its keys',
  })
}

function pairJson({ access, refreshed }: TokenPair): object {
  return {
    accessToken: access.token,
    expiresIn: access.expiresIn,
    refreshToken: refreshed.refreshToken,
    refreshExpiresAt: new Date(refreshed.expiresAt).toISOString(),
    family: refreshed.family,
  }
}

function familyJson({ createdAt, usedAt, expiresAt, ...family }: ShownFamily): object {
  return {
    ...family,
    createdAt: new Date(createdAt).toISOString(),
    usedAt: new Date(usedAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}
