import { RegistryError } from '../domain/error.ts'
import { networkOf } from '../domain/network-of.ts'
import { describePrincipal, type Principal } from '../domain/principal.ts'
import type { Rate, Taken } from '../domain/rate.ts'
import type { Admission, Exchange, RateClass } from './exchange.ts'

/** How often each class may be asked for; undefined: as often as one likes. */
export type ClassRates = { readonly [C in RateClass]: Rate | undefined }

export interface GateRates {
  /** Of each address: by who does not say who they are, or says it wrongly. */
  readonly anonymous: ClassRates
  /** Of each account and robot, from wherever they come. */
  readonly known: ClassRates
}

/** As the port `rates`. */
export interface TakesTokens {
  take(key: string, rate: Rate, cost?: number): Taken | Promise<Taken>
}

/** Counts requests by who asks, and says in each answer how many are left. */
export class RateGate implements Admission {
  readonly #tokens: TakesTokens
  readonly #rates: GateRates

  constructor(tokens: TakesTokens, rates: GateRates) {
    this.#tokens = tokens
    this.#rates = rates
  }

  admit(exchange: Exchange, principal: Principal | undefined): void | Promise<void> {
    const { rateClass } = exchange
    if (rateClass === undefined) return
    const isKnown = principal !== undefined && principal.kind !== 'anonymous'
    const rate = (isKnown ? this.#rates.known : this.#rates.anonymous)[rateClass]
    if (rate === undefined) return
    const who = isKnown ? describePrincipal(principal) : `from ${networkOf(exchange.address ?? '')}`
    const taken = this.#tokens.take(`${rateClass} ${who}`, rate)
    // At once where nobody is asked: most requests are answered within one call.
    if (taken instanceof Promise) return taken.then((known) => tell(exchange, rate, known))
    tell(exchange, rate, taken)
  }
}

/** draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4: `q` in `w` seconds; `r` are left, all of them in `t` seconds. */
function tell(exchange: Exchange, rate: Rate, taken: Taken): void {
  const name = JSON.stringify(exchange.rateClass)
  exchange.addHeaders(
    'RateLimit-Policy',
    `${name};q=${rate.tokens};w=${Math.ceil(rate.periodMs / 1000)}`,
    'RateLimit',
    `${name};r=${taken.left};t=${Math.ceil(taken.fullAfterMs / 1000)}`,
  )
  if (!taken.allowed) throw new RegistryError('too-many-requests', { retryAfterMs: taken.retryAfterMs })
}
