import type { Needed, Registry } from '../../boot/registry.ts'
import type { Principal } from '../../domain/principal.ts'
import type { RepositoryName } from '../../domain/repository-name.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { HeldBodies, HeldBodyLimits } from '../../http/held-bodies.ts'
import { RequestCaller } from '../../http/request-caller.ts'

/** Of the configuration, what the protocol has to know itself. */
export interface OciSettings extends HeldBodyLimits {
  readonly manifestBytes: number
  /** Tags that one push may set by `?tag=`. */
  readonly tagsPerPush: number
  /** The longest page, and that of a client which asks for none. */
  readonly pageSize: number
  readonly tagHistoryPage: number
  /** 0: clients are asked for nothing. */
  readonly chunkMinBytes: number
  /** Where the client that asks gets its tokens; undefined: it shows its password here. */
  readonly realmOf: (exchange: Exchange) => string | undefined
}

/** What all requests share. */
export interface OciEquipment extends OciSettings {
  readonly held: HeldBodies
}

/** One request on its way through the protocol. */
export class OciCall {
  readonly exchange: Exchange
  readonly registry: Registry
  readonly settings: OciEquipment
  readonly caller: RequestCaller

  constructor(exchange: Exchange, registry: Registry, settings: OciEquipment, principal: Principal) {
    this.exchange = exchange
    this.registry = registry
    this.settings = settings
    this.caller = new RequestCaller(principal, exchange)
  }
}

/** What a request to a repository is about. */
export interface Target {
  readonly repository: RepositoryName
  /** The repository as the client wrote it. */
  readonly name: string
  /** A tag or digest, an upload; `` where it is the repository itself. */
  readonly argument: string
}

/** Answers, now or later. Throws what `errors.ts` can write. */
export type Handle = (call: OciCall, target: Target) => void | Promise<void>
export type GlobalHandle = (call: OciCall) => void | Promise<void>

/** By method. What is not here is refused with 405 and the list of those that are. */
export type Methods<H> = { readonly [method: string]: H }

/** What a method does, and what somebody has to be allowed for it: before a byte of its body is read. */
export interface Method {
  readonly handle: Handle
  readonly needs: Needed
}

/** A repository's endpoint. What is not here is refused with 405 and the list of those that are. */
export interface Endpoint {
  readonly [method: string]: Method
}

/** GET and HEAD. */
export function reading(get: Handle, head: Handle = get): Endpoint {
  return { GET: { handle: get, needs: 'artifacts:read' }, HEAD: { handle: head, needs: 'artifacts:read' } }
}

export const anonymous: Principal = { kind: 'anonymous' }
