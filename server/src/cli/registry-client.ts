import { Failure } from './failure.ts'
import type { RegistryReference } from './registry-reference.ts'

/** More than any manifest or page of a history. */
const maxAnswerBytes = 64 * 1024 * 1024
const requestTimeoutMs = 60_000

export interface Credentials {
  readonly user: string
  readonly password: string
}

export interface RegistryAnswer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
}

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT'
  /** Below `/v2/<name>/`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array<ArrayBuffer>
  /** Statuses beside 2xx that the caller knows what to do with. */
  readonly expect?: readonly number[]
}

export interface ClientOptions {
  readonly credentials: Credentials | undefined
  /** For registries on other machines; on this one it is what is spoken. */
  readonly plainHttp: boolean
}

/** One repository of a running registry. */
export class RegistryClient {
  readonly #base: string
  readonly #authorization: string | undefined

  constructor({ host, name, loopback }: RegistryReference, { credentials, plainHttp }: ClientOptions) {
    this.#base = `${loopback || plainHttp ? 'http' : 'https'}://${host}/v2/${name}/`
    // RFC 7617, section 2: UTF-8, in base64.
    this.#authorization =
      credentials &&
      `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`, 'utf8').toString('base64')}`
  }

  /** @throws Failure where the registry cannot be reached, or answers what was not expected */
  async send({ method, path, headers, body, expect = [] }: RegistryRequest): Promise<RegistryAnswer> {
    const url = `${this.#base}${path}`
    let answer: RegistryAnswer
    try {
      const response = await fetch(url, {
        method,
        headers: { ...headers, ...(this.#authorization && { authorization: this.#authorization }) },
        ...(body && { body }),
        signal: AbortSignal.timeout(requestTimeoutMs),
      })
      answer = { status: response.status, headers: response.headers, bytes: await readAll(response) }
    } catch (error) {
      if (error instanceof Failure) throw error
      throw new Failure(`${url} cannot be reached: ${innermost(error)}`, undefined, { cause: error })
    }
    const expected = (answer.status >= 200 && answer.status < 300) || expect.includes(answer.status)
    if (!expected) throw new Failure(explain(answer, url))
    return answer
  }
}

async function readAll(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > maxAnswerBytes)
      throw new Failure(`${response.url} answers more than ${maxAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

function explain({ status, bytes }: RegistryAnswer, url: string): string {
  const told = messagesOf(bytes)
  const said = `${url} answers ${status}${told === '' ? '' : `: ${told}`}`
  return status === 401
    ? `${said}; log in with --user <name> and --password-stdin, or LADING_USER and LADING_PASSWORD`
    : said
}

/** The error form of the distribution spec ("Error Codes"); nothing where the body is another. */
function messagesOf(bytes: Uint8Array): string {
  try {
    const { errors } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly errors: readonly unknown[] }
    return errors
      .map((error) => (error as { readonly message?: string }).message ?? JSON.stringify(error))
      .join('; ')
  } catch {
    return ''
  }
}

function innermost(error: unknown): string {
  let current = error
  while (current instanceof Error && current.cause instanceof Error) current = current.cause
  if (!(current instanceof Error)) return String(current)
  return current.message || ('code' in current ? String(current.code) : current.name)
}
