import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { answerJson, answerNothing } from '../shared/answer.ts'
import type { ApiRoute } from '../shared/route.ts'
import { nextOf, readPage, shownTime } from './read-page.ts'

const managing: ApiRoute['needs'] = [{ permission: 'users:manage', of: 'registry' }]

/** Users, by whoever may manage them, and what users change of themselves. */
export function peopleRoutes({ accounts }: Pick<Registry, 'accounts'>): readonly ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/users',
      name: 'users',
      admits: 'deciding',
      needs: managing,
      handle: async ({ exchange, caller }) => {
        const { users, more } = await accounts.listUsers(caller, readPage(exchange.parameters))
        const shown = users.map(({ createdAt, ...user }) => ({ ...user, createdAt: shownTime(createdAt) }))
        const names = users.map(({ name }) => name)
        answerJson(exchange, 200, { users: shown, ...nextOf(names, more) })
      },
    },
    {
      method: 'POST',
      path: '/api/v1/users',
      name: 'user-make',
      admits: 'deciding',
      needs: managing,
      handle: async (call) => {
        const body = await call.body(['name', 'title', 'email'])
        const [name, title, email] = [body.requiredText('name'), body.text('title'), body.text('email')]
        const account = { name, ...(title !== undefined && { title }) }
        if (email === undefined) {
          await accounts.createUser(call.caller, account)
          const link = await accounts.linkFor(call.caller, name)
          answerJson(call.exchange, 201, { name, state: 'invited', path: `/password?token=${link}` })
          return
        }
        await accounts.inviteUser(call.caller, { ...account, email })
        answerJson(call.exchange, 201, { name, state: 'invited', sentTo: email })
      },
    },
    {
      method: 'PATCH',
      path: '/api/v1/users/{user}',
      name: 'user-change',
      admits: 'deciding',
      needs: managing,
      handle: async (call) => {
        const body = await call.body(['state'])
        const state = body.requiredText('state')
        if (state !== 'active' && state !== 'disabled')
          throw new RegistryError('parameter-invalid', {
            parameter: 'state',
            reason: 'it is neither active nor disabled',
          })
        await accounts.setUserState(call.caller, { name: call.at('user'), state })
        answerNothing(call.exchange)
      },
    },
    {
      method: 'POST',
      path: '/api/v1/users/{user}/link',
      name: 'user-link',
      admits: 'deciding',
      needs: managing,
      handle: async (call) => {
        const link = await accounts.linkFor(call.caller, call.at('user'))
        answerJson(call.exchange, 201, { path: `/password?token=${link}` })
      },
    },
    {
      method: 'PUT',
      path: '/api/v1/me/email',
      name: 'own-email',
      admits: 'someone',
      needs: [{ be: 'self' }],
      handle: async (call) => {
        const body = await call.body(['email'])
        await accounts.changeEmail(call.caller, body.text('email') ?? '')
        answerNothing(call.exchange)
      },
    },
    {
      method: 'GET',
      path: '/api/v1/me/sessions',
      name: 'own-sessions',
      admits: 'someone',
      needs: [{ be: 'self' }],
      handle: async (call) => {
        const found = await accounts.listSessions(call.caller)
        const sessions = found.map(({ createdAt, expiresAt, ...rest }) => ({
          ...rest,
          createdAt: new Date(createdAt).toISOString(),
          expiresAt: new Date(expiresAt).toISOString(),
        }))
        answerJson(call.exchange, 200, { sessions })
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/me/sessions',
      name: 'own-sessions-end',
      admits: 'someone',
      needs: [{ be: 'self' }],
      handle: async (call) => {
        await accounts.endSessions(call.caller, 'all')
        answerNothing(call.exchange)
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/me/sessions/{session}',
      name: 'own-session-end',
      admits: 'someone',
      needs: [{ be: 'self' }],
      handle: async (call) => {
        await accounts.endSessions(call.caller, { id: call.at('session') })
        answerNothing(call.exchange)
      },
    },
  ]
}
