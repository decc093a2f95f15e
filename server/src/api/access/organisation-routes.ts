import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { isMembership, memberships } from '../../domain/role.ts'
import { answerJson, answerNothing } from '../shared/answer.ts'
import type { ApiCall, ApiRoute } from '../shared/route.ts'
import { nextOf, readPage, shownTime } from './read-page.ts'

const path = '/api/v1/organisations'
const one = `${path}/{organisation}`
const nameOf = ({ at }: ApiCall): string => at('organisation')

/** Organisations and who belongs to them. */
export function organisationRoutes({ accounts }: Pick<Registry, 'accounts'>): readonly ApiRoute[] {
  return [
    {
      method: 'GET',
      path,
      name: 'organisations',
      admits: 'deciding',
      needs: [{ be: 'member' }],
      handle: async ({ exchange, caller }) => {
        const { organisations, more } = await accounts.listOrganisations(
          caller,
          readPage(exchange.parameters),
        )
        const names = organisations.map(({ name }) => name)
        answerJson(exchange, 200, { organisations: organisations.map(json), ...nextOf(names, more) })
      },
    },
    {
      method: 'POST',
      path,
      name: 'organisation-make',
      admits: 'someone',
      needs: [{ be: 'account' }],
      handle: async (call) => {
        const body = await call.body(['name', 'title', 'email'])
        const [name, title, email] = [body.requiredText('name'), body.text('title'), body.text('email')]
        await accounts.createOrganisation(call.caller, {
          name,
          ...(title !== undefined && { title }),
          ...(email !== undefined && { email }),
        })
        answerJson(call.exchange, 201, json(await accounts.showOrganisation(call.caller, name)))
      },
    },
    {
      method: 'GET',
      path: one,
      name: 'organisation',
      admits: 'deciding',
      needs: [{ be: 'member' }],
      handle: async (call) =>
        answerJson(call.exchange, 200, json(await accounts.showOrganisation(call.caller, nameOf(call)))),
    },
    {
      method: 'DELETE',
      path: one,
      name: 'organisation-delete',
      admits: 'deciding',
      needs: [{ be: 'owner' }],
      handle: async (call) => {
        await accounts.deleteOrganisation(call.caller, nameOf(call))
        answerNothing(call.exchange)
      },
    },
    {
      method: 'GET',
      path: `${one}/members`,
      name: 'members',
      admits: 'deciding',
      needs: [{ be: 'member' }],
      handle: async (call) => {
        const members = await accounts.listMembers(call.caller, nameOf(call))
        answerJson(call.exchange, 200, {
          members: members.map(({ user, membership, since }) => ({
            user,
            role: membership,
            since: shownTime(since),
          })),
        })
      },
    },
    {
      method: 'PUT',
      path: `${one}/members/{user}`,
      name: 'member-set',
      admits: 'deciding',
      needs: [{ permission: 'members:manage', of: 'namespace' }],
      handle: async (call) => {
        const membership = (await call.body(['role'])).requiredText('role')
        if (!isMembership(membership))
          throw new RegistryError('parameter-invalid', {
            parameter: 'role',
            reason: `it is none of ${memberships.join(', ')}`,
          })
        const [organisation, user] = [nameOf(call), call.at('user')]
        await accounts.setMember(call.caller, { organisation, user, membership })
        answerNothing(call.exchange)
      },
    },
    {
      method: 'DELETE',
      path: `${one}/members/{user}`,
      name: 'member-remove',
      admits: 'deciding',
      needs: [{ permission: 'members:manage', of: 'namespace' }],
      handle: async (call) => {
        await accounts.removeMember(call.caller, { organisation: nameOf(call), user: call.at('user') })
        answerNothing(call.exchange)
      },
    },
  ]
}

function json({
  createdAt,
  ...organisation
}: Awaited<ReturnType<Registry['accounts']['showOrganisation']>>): object {
  return { ...organisation, createdAt: shownTime(createdAt) }
}
