import type { Registry } from '../../boot/registry.ts'
import { answerJson, answerNothing } from '../shared/answer.ts'
import type { ApiCall, ApiRoute } from '../shared/route.ts'
import { shownTime } from './read-page.ts'

const path = '/api/v1/organisations/{organisation}/teams'
const one = `${path}/{team}`
const member = `${one}/members/{user}`
const managing: ApiRoute['needs'] = [{ permission: 'members:manage', of: 'namespace' }]
const belonging: ApiRoute['needs'] = [{ be: 'member' }]

const which = ({ at }: ApiCall): { readonly organisation: string; readonly team: string } => ({
  organisation: at('organisation'),
  team: at('team'),
})

/** Teams of an organisation, and who is in them. */
export function teamRoutes({ accounts }: Pick<Registry, 'accounts'>): readonly ApiRoute[] {
  const route = (
    [method, at, name, needs]: readonly [ApiRoute['method'], string, string, ApiRoute['needs']],
    handle: ApiRoute['handle'],
  ): ApiRoute => ({ method, path: at, name, needs, admits: 'deciding', handle })
  return [
    route(['GET', path, 'teams', belonging], async (call) => {
      const teams = await accounts.listTeams(call.caller, call.at('organisation'))
      answerJson(call.exchange, 200, { teams: teams.map(json) })
    }),
    route(['POST', path, 'team-make', managing], async (call) => {
      const body = await call.body(['name', 'about'])
      const [team, about] = [body.requiredText('name'), body.text('about')]
      const made = { organisation: call.at('organisation'), team }
      await accounts.createTeam(call.caller, { ...made, ...(about !== undefined && { about }) })
      answerJson(call.exchange, 201, { name: team, about: about ?? '' })
    }),
    route(['GET', one, 'team', belonging], async (call) => {
      const { members, ...team } = await accounts.showTeam(call.caller, which(call))
      answerJson(call.exchange, 200, { ...json(team), members })
    }),
    route(['DELETE', one, 'team-delete', managing], async (call) => {
      await accounts.deleteTeam(call.caller, which(call))
      answerNothing(call.exchange)
    }),
    route(['PUT', member, 'team-add', managing], async (call) => {
      await accounts.addToTeam(call.caller, { ...which(call), user: call.at('user') })
      answerNothing(call.exchange)
    }),
    route(['DELETE', member, 'team-remove', managing], async (call) => {
      await accounts.removeFromTeam(call.caller, { ...which(call), user: call.at('user') })
      answerNothing(call.exchange)
    }),
  ]
}

function json({ createdAt, ...team }: { name: string; about: string; createdAt: number }): object {
  return { ...team, createdAt: shownTime(createdAt) }
}
