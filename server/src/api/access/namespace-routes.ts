import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import {
  isNamespaceVisibility,
  type NamespaceVisibility,
  namespaceVisibilities,
  type SettingsChange,
} from '../../domain/namespace-settings.ts'
import { answerJson, answerNothing } from '../shared/answer.ts'
import type { ApiBody, ApiCall, ApiRoute, RouteNeed } from '../shared/route.ts'
import { nextOf, readPage, shownTime } from './read-page.ts'

const path = '/api/v1/namespaces'
const one = `${path}/{namespace}`
const flags = [
  'allowPublicPublish',
  'requireSignedArtifacts',
  'autoScanVulnerabilities',
  'requiresReview',
  'autoPublish',
] as const
const settings = ['visibility', ...flags, 'defaultLicense', 'quota', 'immutableTags', 'addresses']
const measures = ['bytes', 'repositories', 'manifests'] as const
const seeing: RouteNeed = { be: 'seeing' }
const nameOf = ({ at }: ApiCall): string => at('namespace')

/** Namespaces that are somebody's, and what holds in them. */
export function namespaceRoutes({ accounts }: Pick<Registry, 'accounts'>): readonly ApiRoute[] {
  const route = (
    [method, at, name, need]: readonly [ApiRoute['method'], string, string, RouteNeed],
    handle: ApiRoute['handle'],
  ): ApiRoute => {
    // Who says nothing sees what is public.
    const admits = need === seeing ? 'anyone' : 'deciding'
    return { method, path: at, name, needs: [need], admits, handle }
  }
  const answerOne = async (call: ApiCall, status: number, name: string): Promise<void> => {
    const { createdAt, ...shown } = await accounts.showNamespace(call.caller, name)
    answerJson(call.exchange, status, { ...shown, createdAt: shownTime(createdAt) })
  }
  return [
    route(['GET', path, 'namespaces', seeing], async ({ exchange, caller }) => {
      const { namespaces, more } = await accounts.listNamespaces(caller, readPage(exchange.parameters))
      const shown = namespaces.map(({ namespace, owner, visibility }) => ({ namespace, owner, visibility }))
      const names = shown.map(({ namespace }) => namespace)
      answerJson(exchange, 200, { namespaces: shown, ...nextOf(names, more) })
    }),
    route(['POST', path, 'namespace-make', { be: 'owner' }], async (call) => {
      const body = await call.body(['namespace', 'owner', 'visibility'])
      const [namespace, visibility] = [body.requiredText('namespace'), visibilityOf(body)]
      await accounts.createNamespace(call.caller, {
        namespace,
        owner: ownerOf(body.text('owner') ?? selfOf(call), 'owner'),
        ...(visibility !== undefined && { visibility }),
      })
      await answerOne(call, 201, namespace)
    }),
    route(['GET', one, 'namespace', seeing], (call) => answerOne(call, 200, nameOf(call))),
    route(
      ['PATCH', one, 'namespace-change', { permission: 'settings:manage', of: 'namespace' }],
      async (call) => {
        const change = changeOf(await call.body(settings))
        await accounts.changeSettings(call.caller, { namespace: nameOf(call), change })
        answerNothing(call.exchange)
      },
    ),
    route(['POST', `${one}/transfer`, 'namespace-transfer', { be: 'owner' }], async (call) => {
      const to = ownerOf((await call.body(['to'])).requiredText('to'), 'to')
      await accounts.transferNamespace(call.caller, { namespace: nameOf(call), to })
      answerNothing(call.exchange)
    }),
    route(['DELETE', one, 'namespace-delete', { be: 'owner' }], async (call) => {
      await accounts.deleteNamespace(call.caller, nameOf(call))
      answerNothing(call.exchange)
    }),
  ]
}

function changeOf(body: ApiBody): SettingsChange {
  const [visibility, defaultLicense] = [visibilityOf(body), body.text('defaultLicense')]
  const [quota, immutableTags] = [body.object('quota', measures), body.texts('immutableTags')]
  const addresses = body.texts('addresses')
  const bounds = measures.map((measure) => [measure, quota?.whole(measure)] as const)
  return {
    ...Object.fromEntries(
      flags.flatMap((name) => {
        const flag = body.flag(name)
        return flag === undefined ? [] : [[name, flag]]
      }),
    ),
    ...(visibility !== undefined && { visibility }),
    ...(defaultLicense !== undefined && { defaultLicense }),
    ...(immutableTags !== undefined && { immutableTags }),
    ...(addresses !== undefined && { addresses }),
    ...(quota !== undefined && {
      quota: Object.fromEntries(bounds.filter(([, bound]) => bound !== undefined)),
    }),
  }
}

function visibilityOf(body: ApiBody): NamespaceVisibility | undefined {
  const text = body.text('visibility')
  if (text === undefined || isNamespaceVisibility(text)) return text
  throw new RegistryError('parameter-invalid', {
    parameter: 'visibility',
    reason: `it is none of ${namespaceVisibilities.join(', ')}`,
  })
}

function ownerOf(text: string, parameter: string): `user:${string}` | `organisation:${string}` {
  const [kind, name = ''] = text.split(/:(.*)/s)
  if (name !== '' && (kind === 'user' || kind === 'organisation')) return `${kind}:${name}`
  throw new RegistryError('parameter-invalid', {
    parameter,
    reason: 'it is not user:<name> or organisation:<name>',
  })
}

function selfOf({ principal }: ApiCall): string {
  return principal.kind === 'user' ? `user:${principal.name}` : ''
}
