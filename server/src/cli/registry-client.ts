import { Failure } from './failure.ts'
import { exchange, type HttpAnswer } from './http-exchange.ts'
import type { Transport } from './transport.ts'
import { isNoHttp, isNoTls, unreachable } from './unreachable.ts'

export interface Credentials {
  readonly user: string
  readonly password: string
}

export type RegistryAnswer = HttpAnswer

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the client's place. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array<ArrayBuffer>
  /** Statuses beside 2xx that the caller knows what to do with; `all` of them. */
  readonly expect?: readonly number[] | 'all'
}

export interface ClientOptions {
  readonly credentials: Credentials | undefined
  readonly transport: Transport
}

/** What is below one place of a running registry: a repository, its API, or all of it. */
export class RegistryClient {
  readonly #place: string
  readonly #authorities: readonly string[]
  readonly #authorization: string | undefined
  /** Those that are still to be tried; one is left after the first answer. */
  #schemes: Transport['schemes']

  /** `place`: host and path, with a slash at its end. */
  constructor(place: string, { credentials, transport }: ClientOptions) {
    this.#place = place
    this.#schemes = transport.schemes
    this.#authorities = transport.authorities
    // RFC 7617, section 2: UTF-8, in base64.
    this.#authorization =
      credentials &&
      `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`, 'utf8').toString('base64')}`
  }

  /** @throws Failure where the registry cannot be reached, or answers what was not expected */
  async send(request: RegistryRequest): Promise<RegistryAnswer> {
    const { url, outcome } = await this.#ask(request)
    if (outcome instanceof Error) throw new Failure(unreachable(url, outcome), undefined, { cause: outcome })
    const { status } = outcome
    const { expect = [] } = request
    const expected = (status >= 200 && status < 300) || expect === 'all' || expect.includes(status)
    if (!expected) throw new Failure(explain(outcome, url))
    return outcome
  }

  async #ask(request: RegistryRequest): Promise<Asked> {
    const [scheme, next] = this.#schemes
    const first = await this.#attempt(scheme, request)
    if (next !== undefined && mayBeTls(first.outcome)) {
      const second = await this.#attempt(next, request)
      if (!(second.outcome instanceof Error && isNoTls(second.outcome))) {
        this.#schemes = [next]
        return second
      }
    }
    this.#schemes = [scheme]
    return first
  }

  async #attempt(scheme: string, { method, path, headers, body }: RegistryRequest): Promise<Asked> {
    const url = new URL(`${scheme}://${this.#place}${path}`)
    const outcome = await exchange(url, {
      method,
      headers: { ...headers, ...(this.#authorization && { authorization: this.#authorization }) },
      ...(body && { body }),
      authorities: this.#authorities,
    }).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
    return { url, outcome }
  }
}

interface Asked {
  readonly url: URL
  readonly outcome: RegistryAnswer | Error
}

/** A TLS port that is spoken to in plain closes the connection, or answers 400 without the words of a registry. */
function mayBeTls(outcome: RegistryAnswer | Error): boolean {
  return outcome instanceof Error ? isNoHttp(outcome) : isForeign400(outcome)
}

function isForeign400({ status, bytes }: RegistryAnswer): boolean {
  return status === 400 && messagesOf(bytes) === undefined
}

function explain(answer: RegistryAnswer, { href, protocol }: URL): string {
  const { status, headers, bytes } = answer
  const told = messagesOf(bytes)
  const said = `${href} answers ${status}${told === undefined ? '' : `: ${told}`}`
  const location = headers.get('location')
  if (status === 401)
    return `${said}; log in with --user <name> and --password-stdin, LADING_USER and LADING_PASSWORD, or lading login`
  if (status >= 300 && status < 400 && location !== null) return `${said} and points to ${location}`
  if (protocol === 'http:' && isForeign400(answer)) return `${said}; perhaps it speaks TLS: say --tls`
  return said
}

/** The error form of the distribution spec ("Error Codes"), of RFC 9457 or RFC 6749; undefined where the body is another. */
function messagesOf(bytes: Uint8Array): string | undefined {
  try {
    const {
      errors,
      detail,
      error_description: described,
    } = JSON.parse(new TextDecoder().decode(bytes)) as {
      readonly errors: readonly unknown[]
      readonly detail?: unknown
      readonly error_description?: unknown
    }
    if (typeof detail === 'string') return detail
    if (typeof described === 'string') return described
    return errors
      .map((error) => (error as { readonly message?: string }).message ?? JSON.stringify(error))
      .join('; ')
  } catch {
    return undefined
  }
}
