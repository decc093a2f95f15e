import { setTimeout as sleep } from 'node:timers/promises'
import type { KeptKey } from './credentials-file.ts'
import { Failure } from './failure.ts'
import type { HttpAnswer } from './http-exchange.ts'
import type { RegistryClient } from './registry-client.ts'

const grant = 'urn:ietf:params:oauth:grant-type:device_code'
/** RFC 8628, sections 3.2 and 3.5, in s. */
const usualInterval = 5
const slowDownBy = 5
const longestInterval = 60

export interface DeviceAsking {
  /** What the program calls itself. */
  readonly label: string
  /** Permissions; empty: whatever the user may. */
  readonly permissions: readonly string[]
  readonly signal: AbortSignal
  /** Where somebody is to go, and with which code. */
  tell(page: string, code: string): void
}

/** Asks for a key of a whole registry, until somebody has decided in a browser (RFC 8628). @throws Failure */
export async function deviceLogin(
  client: RegistryClient,
  { label, permissions, signal, tell }: DeviceAsking,
): Promise<KeptKey> {
  const scope = permissions.length === 0 ? {} : { scope: permissions.join(' ') }
  const begun = await post(client, 'oauth/device', { client_id: label, ...scope })
  const { device_code: code, user_code: shown, verification_uri_complete: page, interval } = membersOf(begun)
  if (
    begun.status !== 200 ||
    typeof code !== 'string' ||
    typeof shown !== 'string' ||
    typeof page !== 'string'
  )
    throw new Failure(`the registry lets nobody in this way: ${saidIn(begun)}`)
  tell(page, shown)
  let wait =
    typeof interval === 'number' && interval > 0 ? Math.min(interval, longestInterval) : usualInterval
  for (;;) {
    await sleep(wait * 1000, undefined, { signal })
    const form = { grant_type: grant, device_code: code, client_id: label }
    const answer = await post(client, 'oauth/token', form)
    const { access_token: key, key_id: id, user, error } = membersOf(answer)
    if (answer.status === 200 && typeof key === 'string')
      return { key, id: typeof id === 'string' ? id : '', user: typeof user === 'string' ? user : '' }
    if (error === 'slow_down') wait = Math.min(wait + slowDownBy, longestInterval)
    else if (error !== 'authorization_pending' && answer.status !== 503 && answer.status !== 429)
      throw new Failure(saidIn(answer))
  }
}

/** Refusals are answers, which say how to go on. */
async function post(
  client: RegistryClient,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  return await client.send({
    ...{ method: 'POST', path, expect: 'all' },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new TextEncoder().encode(new URLSearchParams(form).toString()),
  })
}

/** A JSON object; empty where it is none. */
function membersOf({ bytes }: HttpAnswer): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function saidIn(answer: HttpAnswer): string {
  const { error_description: description } = membersOf(answer)
  return typeof description === 'string' ? description : `it answers ${answer.status}`
}
