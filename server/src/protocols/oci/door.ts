import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { describePrincipal, type Principal } from '../../domain/principal.ts'
import { parseRepositoryName } from '../../domain/repository-name.ts'
import { readCredentials } from '../../http/credentials.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { HeldBodies } from '../../http/held-bodies.ts'
import type { Report } from '../../http/problem.ts'
import { blob } from './blobs.ts'
import {
  anonymous,
  type Endpoint,
  type GlobalHandle,
  type Methods,
  OciCall,
  type OciSettings,
} from './call.ts'
import { catalog } from './catalog.ts'
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

const globals: { readonly [E in GlobalEndpoint]: Methods<GlobalHandle> } = { ping, catalog }
const endpoints: { readonly [E in RepositoryEndpoint]: Endpoint } = {
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
  const equipment = { ...settings, held: new HeldBodies(settings) }
  const enter = (
    exchange: Exchange,
    route: GlobalRoute | RepositoryRoute,
    principal: Principal,
  ): void | Promise<void> => {
    exchange.who = principal.kind === 'anonymous' ? undefined : describePrincipal(principal)
    const call = new OciCall(exchange, registry, equipment, principal)
    if (!('name' in route)) return methodOf(globals[route.endpoint], exchange)(call)
    const endpoint = endpoints[route.endpoint]
    const handle = methodOf(endpoint.methods, exchange)
    const repository = parseRepositoryName(route.name)
    // Before a byte of the body is read.
    registry.access.authorize(principal, neededFor(endpoint, exchange.method), repository)
    return handle(call, { repository, name: route.name, argument: route.argument })
  }

  return {
    segments: ['v2'],
    handle: (exchange) => {
      const route = parseRoute(exchange.path)
      if (route === undefined) return sendUnknownPath(exchange)
      exchange.route = names[route.endpoint]
      const credentials = readCredentials(exchange.request.headers.authorization)
      if (credentials === undefined) return enter(exchange, route, anonymous)
      return registry.access
        .login(credentials.user, credentials.password, exchange.address)
        .then((principal) => {
          if (principal === undefined) {
            throw new RegistryError('unauthenticated', { reason: 'name and password do not belong together' })
          }
          return enter(exchange, route, principal)
        })
    },
    fail: (exchange, error) => sendError(exchange, error, report),
  }
}

function methodOf<H>(methods: Methods<H>, exchange: Exchange): H {
  const { method } = exchange
  const handle = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (handle === undefined)
    throw new RegistryError('method-unsupported', { method, allow: Object.keys(methods) })
  return handle
}

function neededFor(endpoint: Endpoint, method: string): 'read' | 'write' {
  return endpoint.needs === 'by-method' && (method === 'GET' || method === 'HEAD') ? 'read' : 'write'
}
