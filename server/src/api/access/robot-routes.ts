import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { answerJson, answerNothing } from '../shared/answer.ts'
import type { ApiCall, ApiRoute } from '../shared/route.ts'
import { keyJson, newKeyMembers, newKeyOf } from './key-json.ts'
import { shownTime } from './read-page.ts'

const path = '/api/v1/namespaces/{namespace}/robots'
const one = `${path}/{robot}`
const keys = `${one}/keys`

const which = ({ at }: ApiCall): { readonly namespace: string; readonly name: string } => ({
  namespace: at('namespace'),
  name: at('robot'),
})

/** Machines' accounts of a namespace, and their keys. */
export function robotRoutes({ accounts }: Pick<Registry, 'accounts'>): readonly ApiRoute[] {
  const route = (
    [method, at, name]: readonly [ApiRoute['method'], string, string],
    handle: ApiRoute['handle'],
  ): ApiRoute => ({
    method,
    path: at,
    name,
    admits: 'deciding',
    needs: [{ permission: 'members:manage', of: 'namespace' }],
    handle,
  })
  return [
    route(['GET', path, 'robots'], async (call) => {
      const robots = await accounts.listRobots(call.caller, call.at('namespace'))
      answerJson(call.exchange, 200, {
        robots: robots.map(({ namespace: _, createdAt, ...robot }) => ({
          ...robot,
          createdAt: shownTime(createdAt),
        })),
      })
    }),
    route(['POST', path, 'robot-make'], async (call) => {
      const body = await call.body(['name', 'about'])
      const [name, about] = [body.requiredText('name'), body.text('about')]
      const namespace = call.at('namespace')
      await accounts.createRobot(call.caller, { namespace, name, ...(about !== undefined && { about }) })
      answerJson(call.exchange, 201, { name, principal: `robot:${namespace}/${name}` })
    }),
    route(['PATCH', one, 'robot-change'], async (call) => {
      const body = await call.body(['disabled', 'about'])
      const [disabled, about] = [body.flag('disabled'), body.text('about')]
      await accounts.changeRobot(call.caller, {
        ...which(call),
        ...(disabled !== undefined && { disabled }),
        ...(about !== undefined && { about }),
      })
      answerNothing(call.exchange)
    }),
    route(['DELETE', one, 'robot-delete'], async (call) => {
      await accounts.deleteRobot(call.caller, which(call))
      answerNothing(call.exchange)
    }),
    route(['GET', keys, 'robot-keys'], async (call) => {
      const found = await accounts.listKeys(call.caller, { kind: 'robot', ...which(call) })
      answerJson(call.exchange, 200, { keys: found.map(keyJson) })
    }),
    route(['POST', keys, 'robot-key-make'], async (call) => {
      const asked = newKeyOf(await call.body(newKeyMembers))
      const owner = { kind: 'robot' as const, ...which(call) }
      answerJson(call.exchange, 201, await accounts.makeKey(call.caller, { owner, ...asked }))
    }),
    route(['DELETE', `${keys}/{key}`, 'robot-key-revoke'], async (call) => {
      const id = call.at('key')
      const found = await accounts.listKeys(call.caller, { kind: 'robot', ...which(call) })
      // One of somebody else's is none of this robot's.
      if (!found.some((key) => key.id === id))
        throw new RegistryError('account-unknown', { what: 'key', name: id })
      await accounts.revokeKey(call.caller, id)
      answerNothing(call.exchange)
    }),
  ]
}
