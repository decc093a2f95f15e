import type { Registry } from '../../boot/registry.ts'
import { RegistryError } from '../../domain/error.ts'
import { permissions } from '../../domain/permission.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type Report, sendProblem } from '../../http/problem.ts'
import { send } from '../../http/send.ts'
import { strangerOf } from '../../http/visitor.ts'

/** Whoever checks tokens asks again where they meet a key that they do not know: a new one is used at once. */
const keptSeconds = 300

/** By what follows `/.well-known/` (RFC 8615). */
type Documents = Readonly<Record<string, WellKnown>>

interface WellKnown {
  readonly name: string
  /** The same for whoever asks, by whichever name. */
  readonly isSame: boolean
  read(exchange: Exchange): Promise<object>
}

/** Where the registry is, for whoever asks; undefined: it is not certain. */
export type AddressOf = (exchange: Exchange) => string | undefined

/** What a registry tells everybody of itself at places that are known beforehand. */
export function createWellKnownDoor(
  { access, tokens }: Pick<Registry, 'access' | 'tokens'>,
  addressOf: AddressOf,
  report: Report,
): Door {
  const documents: Documents = {
    ...(tokens !== undefined && { 'jwks.json': keySet(tokens) }),
    'oauth-authorization-server': {
      name: 'oauth-server',
      isSame: false,
      read: async (exchange) => oauthServer(addressOf(exchange), tokens !== undefined),
    },
  }
  return {
    segments: ['.well-known'],
    isForPrograms: true,
    handle: async (exchange) => {
      const { method, path } = exchange
      const asked = path.slice('/.well-known/'.length)
      const document = Object.hasOwn(documents, asked) ? documents[asked] : undefined
      if (document === undefined)
        throw new RegistryError('path-unknown', {
          path,
          reason: `there are ${Object.keys(documents).join(', ')}`,
        })
      exchange.route = document.name
      if (method !== 'GET' && method !== 'HEAD')
        throw new RegistryError('method-unsupported', { method, allow: ['GET', 'HEAD'] })
      await strangerOf(exchange, access)
      answer(exchange, document, await document.read(exchange))
    },
    fail: (exchange, error) => sendProblem(exchange, error, report),
  }
}

/** RFC 7517, and RFC 8037 for what is in them. */
function keySet(tokens: NonNullable<Registry['tokens']>): WellKnown {
  return {
    name: 'jwks',
    isSame: true,
    read: async () => ({
      keys: (await tokens.keys()).map(({ id, publicKey }) => ({
        ...{ kty: 'OKP', crv: 'Ed25519', x: publicKey },
        ...{ kid: id, use: 'sig', alg: 'EdDSA' },
      })),
    }),
  }
}

/** RFC 8414, section 2, by which clients of the device flow find it. */
function oauthServer(address: string | undefined, hasKeys: boolean): object {
  if (address === undefined)
    throw new RegistryError('unsupported', {
      what: 'telling where to log in, while it is not certain how this registry is reached (publicUrl),',
    })
  return {
    issuer: address,
    token_endpoint: `${address}/oauth/token`,
    device_authorization_endpoint: `${address}/oauth/device`,
    ...(hasKeys && { jwks_uri: `${address}/.well-known/jwks.json` }),
    grant_types_supported: [
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ],
    response_types_supported: [],
    scopes_supported: permissions,
    token_endpoint_auth_methods_supported: ['none'],
  }
}

function answer(exchange: Exchange, { isSame }: WellKnown, document: object): void {
  const headers = [
    ...['Content-Type', 'application/json'],
    ...['Cache-Control', isSame ? `public, max-age=${keptSeconds}` : 'no-store'],
    ...['X-Content-Type-Options', 'nosniff'],
  ]
  send(exchange, 200, headers, JSON.stringify(document))
}
