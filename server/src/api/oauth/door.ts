import type { OutsideFace, Registry } from '../../boot/registry.ts'
import { isRegistryError, RegistryError } from '../../domain/error.ts'
import type { Door } from '../../http/door.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type Report, reportFault } from '../../http/problem.ts'
import { RequestCaller } from '../../http/request-caller.ts'
import { type HeaderList, send } from '../../http/send.ts'
import { errorHeaders, statusOf } from '../../http/status.ts'
import { strangerOf } from '../../http/visitor.ts'
import { type OauthForm, readOauthForm } from './read-oauth-form.ts'

export interface OauthSettings {
  readonly formBytes: number
  /** Where the registry is, for whoever asks; undefined: it is not certain. */
  readonly addressOf: (exchange: Exchange) => string | undefined
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
/** RFC 8693, section 3: each a JSON Web Token here. */
const subjectTypes = ['urn:ietf:params:oauth:token-type:jwt', 'urn:ietf:params:oauth:token-type:id_token']

interface Answer {
  readonly status: number
  readonly body: object
}

/**
 * `/oauth/device` and `/oauth/token`, for programs: the device flow (RFC 8628), and the exchange of a token of somebody else for
 * a key (RFC 8693). Whoever asks says nothing else of who they are.
 */
export function createOauthDoor(
  { access, outside }: Pick<Registry, 'access' | 'outside'>,
  { formBytes, addressOf }: OauthSettings,
  report: Report,
): Door {
  return {
    segments: ['oauth'],
    isForPrograms: true,
    rateClass: () => 'login',
    handle: async (exchange) => {
      const { method, path } = exchange
      if (path !== '/oauth/device' && path !== '/oauth/token')
        throw new RegistryError('path-unknown', { path, reason: 'there are /oauth/device and /oauth/token' })
      exchange.route = path === '/oauth/device' ? 'oauth-device' : 'oauth-token'
      if (method !== 'POST') throw new RegistryError('method-unsupported', { method, allow: ['POST'] })
      const caller = new RequestCaller(await strangerOf(exchange, access), exchange)
      const form = await readOauthForm(exchange, formBytes)
      const { status, body } =
        path === '/oauth/device'
          ? await begin(outside, form, { exchange, address: addressOf(exchange) })
          : await grant(outside, form, caller)
      write(exchange, status, body)
    },
    fail: (exchange, error) => fail(exchange, error, report),
  }
}

/** RFC 8628, section 3.1. */
async function begin(
  { devices }: OutsideFace,
  form: OauthForm,
  { exchange, address }: { readonly exchange: Exchange; readonly address: string | undefined },
): Promise<Answer> {
  if (address === undefined)
    throw new RegistryError('unsupported', {
      what: 'the device flow, while it is not certain how this registry is reached (publicUrl),',
    })
  const from = exchange.address === undefined ? {} : { address: exchange.address }
  const client = form.required('client_id')
  const begun = await devices.begin(from, { client, permissions: form.words('scope') })
  const page = `${address}/device`
  return {
    status: 200,
    body: {
      device_code: begun.deviceCode,
      user_code: begun.userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?${new URLSearchParams({ user_code: begun.userCode })}`,
      expires_in: seconds(begun.expiresIn),
      interval: seconds(begun.interval),
    },
  }
}

async function grant(outside: OutsideFace, form: OauthForm, caller: RequestCaller): Promise<Answer> {
  const type = form.required('grant_type')
  switch (type) {
    case deviceGrant:
      return await answerDevice(outside, form, caller)
    case exchangeGrant:
      return await exchangeToken(outside, form, caller)
    default:
      return {
        status: 400,
        body: {
          error: 'unsupported_grant_type',
          error_description: `there are ${deviceGrant} and ${exchangeGrant}`,
        },
      }
  }
}

/** RFC 8628, section 3.5. */
async function answerDevice(
  { devices }: OutsideFace,
  form: OauthForm,
  caller: RequestCaller,
): Promise<Answer> {
  const answer = await devices.answer(caller, form.required('device_code'))
  switch (answer.state) {
    case 'waiting':
      return refusal('authorization_pending', 'nobody has let it in yet')
    case 'slow-down':
      return refusal('slow_down', 'it asks too often; five seconds more between two of them')
    case 'refused':
      return refusal('access_denied', 'it was not let in')
    case 'over':
      return refusal('expired_token', 'the code is none, was used already, or is too old; begin again')
    case 'allowed': {
      const { key, id, user, expiresIn } = answer
      return { status: 200, body: { ...bearer(key, expiresIn), key_id: id, user } }
    }
  }
}

/** RFC 8693, section 2. `rule` is ours: by which one alone. */
async function exchangeToken(outside: OutsideFace, form: OauthForm, caller: RequestCaller): Promise<Answer> {
  const type = form.required('subject_token_type')
  if (!subjectTypes.includes(type))
    throw new RegistryError('parameter-invalid', {
      parameter: 'subject_token_type',
      reason: `it is none of ${subjectTypes.join(', ')}`,
    })
  const made = await outside.exchange(caller, form.required('subject_token'), form.text('rule'))
  const { key, id, rule, robot, expiresIn } = made
  return {
    status: 200,
    body: { ...bearer(key, expiresIn), issued_token_type: accessTokenType, key_id: id, rule, robot },
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

/** A key: good as a bearer's token, and as a password of any name. */
function bearer(key: string, expiresIn: number): object {
  return { access_token: key, token_type: 'Bearer', expires_in: seconds(expiresIn) }
}

function refusal(error: string, description: string): Answer {
  return { status: 400, body: { error, error_description: description } }
}

/** RFC 6749, section 5.2. */
function fail(exchange: Exchange, error: unknown, report: Report): void {
  reportFault(exchange, error, report)
  const known = isRegistryError(error) ? error : undefined
  const told = isRegistryError(error, 'workload-refused') ? error.data : undefined
  const status = known === undefined ? 500 : statusOf(known.code)
  const isGrant = told !== undefined || known?.code === 'unauthenticated'
  const isRequest = status === 400 || status === 413
  const body = {
    error: isGrant
      ? 'invalid_grant'
      : isRequest
        ? 'invalid_request'
        : status === 429
          ? 'temporarily_unavailable'
          : status >= 500
            ? 'server_error'
            : 'access_denied',
    error_description: known?.message ?? 'Lading failed to answer; its log says more about this request',
    ...(told !== undefined && { claims: told.claims, rules: told.rules }),
    request_id: exchange.requestId,
  }
  write(exchange, isGrant ? 400 : status, body, known === undefined || isGrant ? [] : errorHeaders(known))
}

function write(exchange: Exchange, status: number, body: object, more: HeaderList = []): void {
  const headers = [
    ...['Content-Type', 'application/json', 'Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'],
    ...more,
  ]
  send(exchange, status, headers, JSON.stringify(body))
}
