import type { IncomingMessage, ServerResponse } from 'node:http'
import { RegistryError } from '../domain/error.ts'
import type { Principal } from '../domain/principal.ts'
import { parseTraceparent, type TraceContext } from '../domain/trace-context.ts'
import { type CameFrom, cameFrom, type TrustedProxies } from './came-from.ts'

export type RateClass = 'read' | 'write' | 'search' | 'login'

/** Counts requests by who asks. */
export interface Admission {
  /** `principal`: undefined where who they said they are is wrong. @throws RegistryError `too-many-requests` */
  admit(exchange: Exchange, principal: Principal | undefined): void | Promise<void>
}

/** One request and its answer. What is not asked for is not made: most requests need neither a signal nor parameters. */
export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  /** Of the target, still percent-encoded; begins with `/`. */
  readonly path: string
  /** Of the target, without the question mark. */
  readonly search: string
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean
  /** Who asked, for the access log; set by the door once it is known. */
  who: string | undefined
  /** By what they have said so, as `describeVia` writes it; set by the door. */
  via: string
  /** The repository that is asked for, or empty; set by the door. */
  about: string
  /** What is asked for, by a name that stands for all paths of its sort; set by the door. */
  route: string
  /** Tell the client not to send another request over this connection. */
  closeConnection: boolean
  /** Whose word on where the request comes from is taken; set before anybody asks for that. */
  proxies: TrustedProxies | undefined
  /** Asked by a page of another web site that may ask: a session is not looked at. */
  isShared: boolean
  /** What counts requests, where something does, and as what this one is counted. */
  rateGate: Admission | undefined
  rateClass: RateClass | undefined
  /** Names and values in turn, for whatever the answer is. */
  headers: string[] | undefined

  #reader: AsyncIteratorObject<Uint8Array, void, undefined> | undefined
  #bodyLeft = false
  #parameters: URLSearchParams | undefined
  #controller: AbortController | undefined
  #trace: TraceContext | undefined
  #cameFrom: CameFrom | undefined

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    expectsContinue: boolean,
  ) {
    const target = originForm(request.url ?? '')
    const question = target.indexOf('?')
    this.request = request
    this.response = response
    this.requestId = requestId
    this.path = question === -1 ? target : target.slice(0, question)
    this.search = question === -1 ? '' : target.slice(question + 1)
    this.expectsContinue = expectsContinue
    this.who = undefined
    this.via = ''
    this.about = ''
    this.route = 'none'
    this.closeConnection = false
    this.proxies = undefined
    this.isShared = false
    this.rateGate = undefined
    this.rateClass = undefined
    this.headers = undefined
  }

  get method(): string {
    return this.request.method ?? ''
  }

  /** Of the client, as far as that is known: what a trusted proxy says, else that of the connection. */
  get address(): string | undefined {
    return this.proxies === undefined ? this.request.socket.remoteAddress : this.cameFrom.address
  }

  get cameFrom(): CameFrom {
    this.#cameFrom ??= cameFrom(this.request, this.proxies)
    return this.#cameFrom
  }

  /** By which name it was asked for, with its port: what a trusted proxy says, else the Host header. */
  get host(): string | undefined {
    return this.proxies === undefined ? this.request.headers.host : this.cameFrom.host
  }

  addHeaders(...pairs: string[]): void {
    if (this.headers === undefined) this.headers = pairs
    else this.headers.push(...pairs)
  }

  /** @throws RegistryError `parameter-invalid`: a NUL, which no text that is kept may hold. */
  get parameters(): URLSearchParams {
    this.#parameters ??= parseParameters(this.search)
    return this.#parameters
  }

  /** The header's value; of one sent more than once, what Node makes of it (joined, or the first). */
  header(name: string): string | undefined {
    const value = this.request.headers[name]
    return typeof value === 'string' ? value : value?.join(', ')
  }

  /** The trace that the request is part of: as its `traceparent` says, or as the span that was begun for it here. */
  get trace(): TraceContext | undefined {
    this.#trace ??= parseTraceparent(this.header('traceparent') ?? '')
    return this.#trace
  }

  set trace(trace: TraceContext) {
    this.#trace = trace
  }

  /** Announced bytes of the body: 0 where there is none, undefined where that stays open (chunked). */
  get bodyLength(): number | undefined {
    const { headers } = this.request
    if (headers['transfer-encoding'] !== undefined) return undefined
    // Node's parser has refused what is not a number.
    return Number(headers['content-length'] ?? 0)
  }

  /** The body, to be iterated once; leaving early keeps the connection. */
  readBody(): AsyncIteratorObject<Uint8Array, void, undefined> {
    const reader = this.#reader ?? this.request.iterator({ destroyOnReturn: false })
    this.#reader = reader
    return reader
  }

  /** The request is answered: what is left of its body is for nobody, whoever began to read it and has not said so. */
  leaveBody(): void {
    this.#bodyLeft = true
    this.#reader?.return?.().catch(() => undefined)
  }

  /** The answer was given before the body was read to its end. */
  get bodyLeft(): boolean {
    return this.#bodyLeft
  }

  /** Aborts when the client has gone before it had the whole answer. */
  get signal(): AbortSignal {
    this.#controller ??= this.#watch()
    return this.#controller.signal
  }

  #watch(): AbortController {
    const controller = new AbortController()
    const { response } = this
    const gone = (): void => {
      if (!response.writableFinished) controller.abort()
    }
    if (this.request.socket.destroyed) controller.abort()
    else response.once('close', gone)
    return controller
  }
}

/** RFC 9112 section 3.2: a server must take the absolute form as well. */
function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const absolute = /^https?:\/\/[^/?#]*([/?].*)?$/i.exec(target)
  if (absolute === null) return '/*'
  const rest = absolute[1] ?? '/'
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** Of a name so much is said again. */
const longestName = 40

function parseParameters(search: string): URLSearchParams {
  // Node's parser has refused one that is not encoded.
  if (search.includes('%00')) {
    const [name = ''] = [...new URLSearchParams(search)].find((pair) => pair[1].includes('\0')) ?? []
    const isName = name !== '' && name.length <= longestName && !name.includes('\0')
    const parameter = isName ? name : 'query'
    throw new RegistryError('parameter-invalid', { parameter, reason: 'it holds a NUL' })
  }
  return new URLSearchParams(search)
}

/** @throws RegistryError `parameter-invalid`: a percent sign that encodes nothing, or no UTF-8. */
export function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new RegistryError('parameter-invalid', {
      parameter: 'path',
      reason: 'its percent-encoding is broken',
    })
  }
}
