import { RegistryError } from '../../../domain/error.ts'
import type { Caller } from '../../ledger/caller.ts'
import { requirePassword } from '../set-password.ts'
import { passwords } from '../tables.ts'
import { type FactorParts, ownerOfFactors, wantsSecond } from './factor-parts.ts'
import { proveSecond } from './prove-second.ts'
import { endTries, takeTry } from './second-tries.ts'
import { secondFactors } from './tables.ts'

/** What somebody shows again before they change by what they are known. */
export interface Fresh {
  readonly password: string
  /** Where they have a second factor and did not come by a session, for which they have shown it. */
  readonly code?: string
}

/** Who it is, and that it is still them when the batch goes in. */
export interface FreshUser {
  readonly name: string
  /** @throws RegistryError `denied`: the password was changed since */
  still(): Promise<void>
}

/** @throws RegistryError `unauthenticated`, `denied`, `too-many-requests` */
export async function requireFresh(
  parts: FactorParts,
  caller: Caller,
  { password, code = '', what }: Fresh & { readonly what: string },
): Promise<FreshUser> {
  const { core } = parts
  const { name, via } = ownerOfFactors(caller, what)
  const known = await requirePassword(parts, caller, { name, password, what })
  if (via?.kind !== 'session' && (await wantsSecond(core.store, name))) {
    if (code === '')
      throw new RegistryError('denied', { action: what, reason: 'without a session it takes a code, too' })
    await useCode(parts, caller, { name, code })
  }
  return {
    name,
    still: async () => {
      if ((await core.store.get(passwords, [name]))?.hash === known) return
      throw new RegistryError('denied', { action: what, reason: 'the password was changed meanwhile' })
    },
  }
}

/** In a batch of its own: it is used, whatever becomes of what it was shown for. */
async function useCode(
  parts: FactorParts,
  caller: Caller,
  { name, code }: { readonly name: string; readonly code: string },
): Promise<void> {
  const { core } = parts
  await takeTry(core, name, parts.secondFactors)
  await core.ledger.change(caller, async () => {
    const row = await core.store.get(secondFactors, [name])
    const { changes, ...told } = await proveSecond(parts, name, { code })
    return {
      value: undefined,
      changes: [...changes, ...(row === undefined ? [] : [endTries(row)])],
      ...told,
    }
  })
}
