import type { Registry, ShownFactor } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { answerJson, answerNothing } from '../shared/answer.ts'
import type { ApiBody, ApiCall, ApiRoute } from '../shared/route.ts'
import { shownTime } from './read-page.ts'

const own = '/api/v1/me/second-factor'
/** What is shown again before factors change. */
const fresh = ['password', 'code']

/** Second factors: one's own, and by whoever may manage users those of somebody who has lost theirs. */
export function factorRoutes({ factors }: Pick<Registry, 'factors'>): readonly ApiRoute[] {
  const route = (
    [method, path, name]: readonly [ApiRoute['method'], string, string],
    handle: ApiRoute['handle'],
  ): ApiRoute => ({ method, path, name, admits: 'someone', needs: [{ be: 'self' }], handle })
  return [
    route(['GET', own, 'own-factors'], async ({ exchange, caller }) => {
      const { factors: found, recoveryCodes } = await factors.list(caller)
      answerJson(exchange, 200, { factors: found.map(factorJson), recoveryCodes })
    }),
    route(['POST', `${own}/totp`, 'own-totp-begin'], async (call) => {
      const { expiresAt, ...told } = await factors.beginTotp(call.caller, freshOf(await call.body(fresh)))
      answerJson(call.exchange, 201, { ...told, expiresAt: shownTime(expiresAt) })
    }),
    route(['POST', `${own}/totp/confirm`, 'own-totp-confirm'], async (call) => {
      const body = await call.body(['code'])
      answerJson(call.exchange, 201, await factors.confirmTotp(call.caller, body.requiredText('code')))
    }),
    route(['POST', `${own}/passkeys`, 'own-passkey-begin'], async (call) => {
      const begun = await factors.beginPasskey(call.caller, freshOf(await call.body(fresh)))
      answerJson(call.exchange, 201, { options: begun.options, expiresAt: shownTime(begun.expiresAt) })
    }),
    route(['POST', `${own}/passkeys/confirm`, 'own-passkey-confirm'], async (call) => {
      const body = await call.body(['response', 'label'])
      const [made, label] = [readResponse(body), body.text('label')]
      const added = await factors.confirmPasskey(call.caller, { made, ...(label !== undefined && { label }) })
      answerJson(call.exchange, 201, added)
    }),
    route(['POST', `${own}/recovery-codes`, 'own-recovery-codes'], async (call) => {
      const recoveryCodes = await factors.renewRecoveryCodes(call.caller, freshOf(await call.body(fresh)))
      answerJson(call.exchange, 201, { recoveryCodes })
    }),
    route(['POST', `${own}/remove`, 'own-factor-remove'], async (call) => {
      const body = await call.body(['factor', ...fresh])
      await factors.remove(call.caller, { factor: body.requiredText('factor'), ...freshOf(body) })
      answerNothing(call.exchange)
    }),
    {
      method: 'DELETE',
      path: '/api/v1/users/{user}/second-factor',
      name: 'user-factors-reset',
      admits: 'deciding',
      needs: [{ permission: 'users:manage', of: 'registry' }],
      handle: async (call: ApiCall) => {
        await factors.reset(call.caller, call.at('user'))
        answerNothing(call.exchange)
      },
    },
  ]
}

function freshOf(body: ApiBody): { readonly password: string; readonly code?: string } {
  const code = body.text('code')
  return { password: body.requiredText('password'), ...(code !== undefined && { code }) }
}

/** RegistrationResponseJSON, as text: what browsers put into it is not a matter of this API. */
function readResponse(body: ApiBody): unknown {
  try {
    return JSON.parse(body.requiredText('response'))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new RegistryError(
      'parameter-invalid',
      { parameter: 'response', reason: 'it is no JSON' },
      { cause },
    )
  }
}

function factorJson({ createdAt, usedAt, ...factor }: ShownFactor): object {
  return {
    ...factor,
    createdAt: shownTime(createdAt),
    ...(usedAt !== 0 && { lastUsedAt: shownTime(usedAt) }),
  }
}
