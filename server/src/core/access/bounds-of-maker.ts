import { AddressRanges } from '../../domain/address-ranges.ts'
import { describePrincipal, type Principal } from '../../domain/principal.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import type { Caller } from '../ledger/caller.ts'
import type { AccessParts } from './access-parts.ts'
import { invalid } from './check-account.ts'
import { type KeyRow, keys } from './tables.ts'

/** When a key ends, ms since 1970, and 0: never; from where it is good, and empty: from anywhere. */
type Bounds = Pick<KeyRow, 'expiresAt' | 'from'>

/**
 * What a key bounds it bounds in the keys that are made with it, where they are its owner's or a robot makes them: whoever
 * has got hold of it for a day has it for a day. Where nothing is asked for, that is what it gets.
 * @throws RegistryError `account-invalid`: more is asked for
 */
export async function boundsWithin(
  { core }: AccessParts,
  { principal }: Caller,
  { owner, asked }: { readonly owner: Principal; readonly asked: Bounds },
): Promise<Bounds> {
  const via = 'via' in principal ? principal.via : undefined
  const isOfTheirs = principal.kind === 'robot' || describePrincipal(principal) === describePrincipal(owner)
  const maker = via?.kind === 'key' && isOfTheirs ? await core.store.get(keys, [via.id]) : undefined
  if (maker === undefined) return asked
  return { expiresAt: endWithin(maker, asked), from: placesWithin(maker, asked) }
}

function endWithin(maker: Bounds, { expiresAt }: Bounds): number {
  if (maker.expiresAt === 0 || (expiresAt !== 0 && expiresAt <= maker.expiresAt)) return expiresAt
  if (expiresAt === 0) return maker.expiresAt
  const end = formatTimestamp(maker.expiresAt)
  throw invalid('expiresAt', `it is made with a key that ends at ${end}, and cannot last longer`)
}

/** Networks are compared as they were written; a smaller one within is to be asked for by whom nothing bounds. */
function placesWithin(maker: Bounds, { from }: Bounds): string {
  if (maker.from === '' || from === '') return from || maker.from
  const own = maker.from.split(' ')
  const ranges = new AddressRanges(own)
  const other = from.split(' ').find((range) => !own.includes(range) && !ranges.has(range))
  if (other === undefined) return from
  throw invalid(
    'from',
    `it is made with a key that is good from ${own.join(', ')} alone, and ${other} is not among these`,
  )
}
