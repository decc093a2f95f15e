import type { Config } from '../config/config.ts'
import type { MaybeRate } from '../config/gate-config.ts'
import { isLoopback } from '../config/place-types.ts'
import type { WrongPasswords } from '../core/access/login-throttle.ts'
import { AddressRanges } from '../domain/address-ranges.ts'
import type { Rate } from '../domain/rate.ts'
import type { ListenOptions } from '../http/listen.ts'
import type { OwnHosts } from '../http/own-hosts.ts'
import { type GateRates, RateGate } from '../http/rate-gate.ts'
import type { Rates } from '../ports/rates/rates.ts'

/** What stands before the doors, by the configuration. */
export function gateOf(
  config: Config,
  rates: Rates | undefined,
): Pick<ListenOptions, 'gate' | 'proxies' | 'strictTransport'> {
  const { proxies, proxyHeader: header, corsOrigins, corsMaxAge, strictTransport } = config.gate
  const own = ownHosts(config)
  const counted = countedRates(config)
  return {
    gate: {
      ...(own !== undefined && { own }),
      ...(corsOrigins.length > 0 && { cors: { origins: new Set(corsOrigins), maxAgeMs: corsMaxAge } }),
      ...(rates !== undefined && counted !== undefined && { rates: new RateGate(rates, counted) }),
    },
    ...(proxies.length > 0 && { proxies: { addresses: new AddressRanges(proxies), header } }),
    ...(strictTransport !== undefined && { strictTransport }),
  }
}

export function wrongPasswordsOf({ rates }: Config): WrongPasswords {
  return { from: rateOf(rates.wrongPasswordsFrom), for: rateOf(rates.wrongPasswordsFor) }
}

/** undefined: nothing is counted, and so nothing is looked up. */
function countedRates({ rates }: Config): GateRates | undefined {
  const counted = {
    anonymous: {
      read: rateOf(rates.anonymousReads),
      write: rateOf(rates.anonymousWrites),
      search: rateOf(rates.anonymousSearches),
      login: rateOf(rates.anonymousLogins),
    },
    known: {
      read: rateOf(rates.reads),
      write: rateOf(rates.writes),
      search: rateOf(rates.searches),
      login: rateOf(rates.logins),
    },
  }
  const all = [...Object.values(counted.anonymous), ...Object.values(counted.known)]
  return all.some((rate) => rate !== undefined) ? counted : undefined
}

const rateOf = (rate: MaybeRate): Rate | undefined => (rate === 'off' ? undefined : rate)

/** A registry that others reach has names that it need not know. */
function ownHosts({ listen: { host }, publicUrl, access }: Config): OwnHosts | undefined {
  if (!isLoopback(host)) return undefined
  return new Set([...access.hosts, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])])
}

/** From where alone namespaces are there; `*` for those without rules of their own. */
export function addressesOf(namespaces: Config['namespaces']): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(namespaces).flatMap(([name, { addresses }]) =>
      addresses === undefined ? [] : [[name, addresses] as const],
    ),
  )
}
