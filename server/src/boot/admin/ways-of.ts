import type { Config } from '../../config/config.ts'
import { placeOfRecords } from './places-of.ts'

/**
 * How a server is reached. `verified`: it has proved its name; `authority`: it has a certificate of the right authority;
 * `unverified`: it may be anybody; `socket`: it is on this machine, behind a file.
 */
export type Way = 'verified' | 'authority' | 'unverified' | 'plain' | 'socket'

export const wayWords: { readonly [W in Way]: string } = {
  verified: 'over TLS, verified',
  authority: 'over TLS, verified but for the name',
  unverified: 'over TLS, not verified',
  plain: 'without TLS',
  socket: 'over a socket',
}

export interface Placed {
  readonly place: string
  readonly way: Way
}

/** Of a URL with which the server could be opened. `hasAuthority`: `store.ca` is set. */
export function wayOfDatabase(url: string, hasAuthority: boolean): Way {
  const [address = '', query = ''] = url.split('?', 2)
  const parameters = new URLSearchParams(query)
  return address.startsWith('mongodb')
    ? mongodbWay(address, parameters)
    : postgresqlWay(address, parameters, hasAuthority)
}

function postgresqlWay(address: string, parameters: URLSearchParams, hasAuthority: boolean): Way {
  const [, host = ''] = /^[^:]+:\/\/(?:[^/]*@)?([^/]*)/.exec(address) ?? []
  if (/^(?:\/|%2f)/i.test(parameters.get('host') ?? host)) return 'socket'
  const files = ['sslrootcert', 'sslcert', 'sslkey'].some((name) => parameters.has(name))
  switch (parameters.get('sslmode')) {
    case null:
      return hasAuthority || files ? 'verified' : 'plain'
    case 'disable':
      return 'plain'
    case 'verify-ca':
      return 'authority'
    default:
      return 'verified'
  }
}

function mongodbWay(address: string, parameters: URLSearchParams): Way {
  const isSet = (name: string): boolean => parameters.get(name) === 'true'
  const asked = parameters.get('tls') ?? parameters.get('ssl')
  if (asked === null ? !address.startsWith('mongodb+srv:') : asked !== 'true') return 'plain'
  if (isSet('tlsInsecure') || isSet('tlsAllowInvalidCertificates')) return 'unverified'
  return isSet('tlsAllowInvalidHostnames') ? 'authority' : 'verified'
}

/** undefined: they are in the data folder. */
export function wayOfRecords({ store: { url, ca } }: Pick<Config, 'store'>): Way | undefined {
  return url === undefined ? undefined : wayOfDatabase(url, ca !== undefined)
}

export function placesOfReplicas(config: Pick<Config, 'data' | 'store'>): readonly Placed[] {
  const { store } = config
  return store.replicas.map((url) => ({
    place: placeOfRecords({ ...config, store: { ...store, url } }),
    way: wayOfDatabase(url, store.ca !== undefined),
  }))
}

/** Beyond memory, the nearest first. */
export function placesOfCache({
  cache,
}: Pick<Config, 'cache'>): readonly (Pick<Placed, 'place'> & Partial<Placed>)[] {
  const { disk, redis, memcached } = cache
  return [
    ...(disk === undefined ? [] : [{ place: `folder ${disk}` }]),
    ...(redis === undefined
      ? []
      : [
          {
            place: redis.replace(/^(rediss?:\/\/)(.*@)?/s, '$1'),
            way: redis.startsWith('rediss:') ? ('verified' as const) : ('plain' as const),
          },
        ]),
    ...(memcached === undefined ? [] : [{ place: `memcached ${memcached}`, way: 'plain' as const }]),
  ]
}
