import { openGuardedOutgoing } from '../adapters/outgoing/guarded/open-guarded-outgoing.ts'
import type { Config } from '../config/config.ts'
import { AddressRanges } from '../domain/address-ranges.ts'
import type { Outgoing } from '../ports/outgoing/outgoing.ts'

export function openOutgoing({ outgoing }: Pick<Config, 'outgoing'>): Outgoing {
  const { allow, timeout, bytes, redirects } = outgoing
  return openGuardedOutgoing({
    allow: new AddressRanges(allow),
    timeoutMs: timeout,
    maxBytes: bytes,
    maxRedirects: redirects,
  })
}
