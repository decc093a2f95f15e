import { RegistryError } from '../../domain/error.ts'
import { type AccessEntry, parseScopes } from '../../domain/token-scope.ts'
import { readBody } from '../../http/body.ts'
import { type Credentials, readCredentials } from '../../http/credentials.ts'
import type { Exchange } from '../../http/exchange.ts'

/** Of one request. */
const mostScopes = 100
const formBytes = 65_536

/** What is asked for at `/token`, by whichever method. */
export interface TokenRequest {
  readonly asked: readonly AccessEntry[]
  /** undefined: nobody said who they are. */
  readonly shown: Credentials | { readonly refreshToken: string } | undefined
  /** Whether a refresh token is wanted too. */
  readonly offline: boolean
  /** What the client calls itself. */
  readonly client: string
}

/** "Token Authentication Specification": a query, and Basic credentials. @throws RegistryError `parameter-invalid`, `unauthenticated` */
export function readQuery(exchange: Exchange, service: string): TokenRequest {
  const { parameters } = exchange
  requireService(parameters, service)
  return {
    asked: scopesOf(parameters),
    shown: readCredentials(exchange.request.headers.authorization),
    offline: parameters.get('offline_token') === 'true',
    client: clientOf(parameters),
  }
}

/** "Oauth2 Token Authentication": a form. @throws RegistryError `parameter-invalid`, `too-large` */
export async function readForm(exchange: Exchange, service: string): Promise<TokenRequest> {
  const type = exchange.header('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
    throw invalid('body', 'it is to be a form, sent as Content-Type: application/x-www-form-urlencoded')
  const tooLarge = (): Error => new RegistryError('too-large', { what: 'the form', limit: formBytes })
  const bytes = await readBody(exchange, formBytes, tooLarge)
  const form = new URLSearchParams(Buffer.from(bytes).toString('utf8'))
  for (const [name, value] of form)
    if (name.includes('\0') || value.includes('\0')) throw invalid('form', 'it holds a NUL')
  requireService(form, service)
  return {
    asked: scopesOf(form),
    shown: grantOf(form),
    offline: form.get('access_type') === 'offline',
    client: clientOf(form),
  }
}

function grantOf(form: URLSearchParams): TokenRequest['shown'] {
  const type = form.get('grant_type')
  if (type === 'refresh_token') return { refreshToken: required(form, 'refresh_token') }
  if (type === 'password') return { user: required(form, 'username'), password: required(form, 'password') }
  throw invalid('grant_type', 'it is neither password nor refresh_token')
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (value === null || value === '') throw invalid(name, 'it is missing')
  return value
}

/** Whoever wants a token for somebody else has been sent to the wrong place. */
function requireService(parameters: URLSearchParams, service: string): void {
  const asked = parameters.get('service')
  if (asked !== null && asked !== '' && asked !== service)
    throw invalid('service', `tokens from here are for ${service}`)
}

/** Several parameters, or one with blanks between. */
function scopesOf(parameters: URLSearchParams): readonly AccessEntry[] {
  const asked = parameters.getAll('scope').flatMap(parseScopes)
  if (asked.length > mostScopes) throw invalid('scope', `there are more than ${mostScopes}`)
  return asked
}

/** For the list of sign-ins: shown to people, and so cut to what a label may be. */
function clientOf(parameters: URLSearchParams): string {
  const named = parameters.get('client_id') ?? ''
  return /^[\x20-\x7e]{1,100}$/.test(named) ? named : 'a client of the registry'
}

function invalid(parameter: string, reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter, reason })
}
