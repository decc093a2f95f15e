import type { Principal } from '../domain/principal.ts'
import type { Exchange } from './exchange.ts'

/** On whose behalf a request runs. Its signal is made when something first listens to it. */
export class RequestCaller {
  readonly principal: Principal
  readonly #exchange: Exchange

  constructor(principal: Principal, exchange: Exchange) {
    this.principal = principal
    this.#exchange = exchange
  }

  get requestId(): string {
    return this.#exchange.requestId
  }

  get address(): string {
    return this.#exchange.address ?? ''
  }

  get signal(): AbortSignal {
    return this.#exchange.signal
  }
}
