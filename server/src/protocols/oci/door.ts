import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { describePrincipal, describeVia, type Principal } from '../../domain/principal.ts'
import { parseRepositoryName } from '../../domain/repository-name.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { HeldBodies } from '../../http/held-bodies.ts'
import type { Report } from '../../http/problem.ts'
import { visitorOf } from '../../http/visitor.ts'
import { blob } from './blobs.ts'
import { type Endpoint, type GlobalHandle, type Methods, OciCall, type OciSettings } from './call.ts'
import { catalog } from './catalog.ts'
import { challengeBy } from './challenge.ts'
import { sendError, sendUnknownPath } from './errors.ts'
import { manifest } from './manifests.ts'
import { ping } from './ping.ts'
import { referrers } from './referrers.ts'
import {
  type GlobalEndpoint,
  type GlobalRoute,
  parseRoute,
  type RepositoryEndpoint,
  type RepositoryRoute,
} from './route.ts'
import { tagHistory } from './tag-history.ts'
import { tags } from './tags.ts'
import { upload, uploads } from './uploads.ts'

/** What is asked of the whole registry, and what of a repository: the matrix of who may what has a row for each. */
export const globals: { readonly [E in GlobalEndpoint]: Methods<GlobalHandle> } = { ping, catalog }
export const endpoints: { readonly [E in RepositoryEndpoint]: Endpoint } = {
  manifest,
  blob,
  uploads,
  upload,
  tags,
  'tag-history': tagHistory,
  referrers,
}

/** What each endpoint is called where requests are counted. */
const names: { readonly [E in GlobalEndpoint | RepositoryEndpoint]: string } = {
  ping: 'oci-ping',
  catalog: 'oci-catalog',
  manifest: 'oci-manifest',
  blob: 'oci-blob',
  uploads: 'oci-uploads',
  upload: 'oci-upload',
  tags: 'oci-tags',
  'tag-history': 'oci-tag-history',
  referrers: 'oci-referrers',
}

/** The OCI distribution protocol, under /v2. */
export function createOciDoor(registry: Registry, settings: OciSettings, report: Report): Door {
  const writing = { report, challenge: challengeBy(registry.tokens?.service, settings) }
  const equipment = { ...settings, held: new HeldBodies(settings) }
  const enter = (
    exchange: Exchange,
    route: GlobalRoute | RepositoryRoute,
    principal: Principal,
  ): void | Promise<void> => {
    exchange.who = principal.kind === 'anonymous' ? undefined : describePrincipal(principal)
    exchange.via = describeVia(principal)
    const call = new OciCall(exchange, registry, equipment, principal)
    if (!('name' in route)) return methodOf(globals[route.endpoint], exchange)(call)
    const { handle, needs } = methodOf(endpoints[route.endpoint], exchange)
    const repository = parseRepositoryName(route.name)
    exchange.about = repository
    registry.access.authorize(principal, needs, repository)
    return handle(call, { repository, name: route.name, argument: route.argument })
  }

  return {
    segments: ['v2'],
    isForPrograms: true,
    handle: (exchange) => {
      const route = parseRoute(exchange.path)
      if (route === undefined) return sendUnknownPath(exchange)
      exchange.route = names[route.endpoint]
      const visitor = visitorOf(exchange, registry.access)
      // Who says nothing is answered within this call where all that it takes is in memory: no promise is made for it.
      if (visitor instanceof Promise) return visitor.then((principal) => enter(exchange, route, principal))
      return enter(exchange, route, visitor)
    },
    fail: (exchange, error) => sendError(exchange, error, writing),
  }
}

function methodOf<H>(methods: Methods<H>, exchange: Exchange): H {
  const { method } = exchange
  const handle = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (handle === undefined)
    throw new RegistryError('method-unsupported', { method, allow: Object.keys(methods) })
  return handle
}
