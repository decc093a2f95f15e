import { isRegistryError, type RegistryError } from '../../domain/error.ts'
import { parseRepositoryName } from '../../domain/repository-name.ts'
import { catalogName, formatScope } from '../../domain/token-scope.ts'
import type { Exchange } from '../../http/exchange.ts'
import { basicChallenge } from '../../http/status.ts'
import type { OciSettings } from './call.ts'
import { type GlobalRoute, parseRoute, type RepositoryRoute } from './route.ts'

export type Challenge = (exchange: Exchange, error: RegistryError<'unauthenticated'>) => string

/**
 * One challenge, since docker takes every one that it is given, and fails where it has nothing for one of them: a bearer's, as
 * the Distribution project's "Token Authentication Specification" has it; passwords are shown where tokens are made. Where
 * nobody is told where that is, they are asked for here. `service`: undefined where there are no tokens.
 */
export function challengeBy(
  service: string | undefined,
  { realmOf }: Pick<OciSettings, 'realmOf'>,
): Challenge {
  return (exchange, { data: { token } }) => {
    const realm = service === undefined ? undefined : realmOf(exchange)
    if (realm === undefined || service === undefined) return basicChallenge
    const scope = scopeOf(exchange)
    const parameters = [
      ['realm', realm],
      ['service', service],
      ...(scope === undefined ? [] : [['scope', scope]]),
      // RFC 6750, section 3.1, but for the status: clients of registries ask for another token at 401 alone.
      ...(token === undefined
        ? []
        : [['error', token === 'invalid' ? 'invalid_token' : 'insufficient_scope']]),
    ]
    return `Bearer ${parameters.map(([name, value]) => `${name}="${value}"`).join(',')}`
  }
}

/** What the request wants. Of a name that is none nothing is said again. */
function scopeOf(exchange: Exchange): string | undefined {
  const route = routeOf(exchange.path)
  if (route === undefined || route.endpoint === 'ping') return undefined
  if (!('name' in route)) return formatScope({ type: 'registry', name: catalogName, actions: ['*'] })
  try {
    const name = parseRepositoryName(route.name)
    return formatScope({ type: 'repository', name, actions: actionsOf(route, exchange.method) })
  } catch (error) {
    if (isRegistryError(error)) return undefined
    throw error
  }
}

function routeOf(path: string): GlobalRoute | RepositoryRoute | undefined {
  try {
    return parseRoute(path)
  } catch (error) {
    // A path that is broken was refused for that.
    if (isRegistryError(error)) return undefined
    throw error
  }
}

function actionsOf({ endpoint }: RepositoryRoute, method: string): readonly string[] {
  if (endpoint === 'upload' || endpoint === 'uploads') return ['pull', 'push']
  if (method === 'DELETE') return ['delete']
  return method === 'GET' || method === 'HEAD' ? ['pull'] : ['pull', 'push']
}
