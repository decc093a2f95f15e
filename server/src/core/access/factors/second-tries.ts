import { RegistryError } from '../../../domain/error.ts'
import { put } from '../../../ports/store/change.ts'
import type { Change, Stored } from '../../../ports/store/store.ts'
import type { Core } from '../../ledger/core.ts'
import { noticeJob } from '../notices.ts'
import type { SecondFactorSettings } from './factor-parts.ts'
import { type SecondFactorRow, secondFactors } from './tables.ts'

/** The first of the waits, ms. */
const firstWait = 30_000

/**
 * Counts a code before it is looked at, so that of many that come at once no more are than are free (RFC 4226, 7.3).
 * @throws RegistryError `too-many-requests`
 */
export async function takeTry(
  core: Core,
  user: string,
  { tries: free, longestWait }: SecondFactorSettings,
): Promise<void> {
  await core.ledger.keep(async () => {
    const row = await core.store.get(secondFactors, [user])
    if (row === undefined) return { value: undefined, changes: [] }
    const { rev, ...counted } = row
    const now = core.clock.now()
    if (row.waitUntil > now)
      throw new RegistryError('too-many-requests', { retryAfterMs: row.waitUntil - now })
    const tries = row.tries + 1
    const over = tries - free
    const waitUntil = over < 0 ? 0 : now + Math.min(firstWait * 2 ** over, longestWait)
    return {
      value: undefined,
      changes: [put(secondFactors, { ...counted, tries, waitUntil }, rev)],
      // Whoever has guessed so often knows the password.
      jobs: over === 1 ? [noticeJob(user, 'codes-guessed')] : [],
    }
  })
}

/** With the right one in the same batch. */
export function endTries({ rev, ...row }: Stored<SecondFactorRow>): Change {
  return put(secondFactors, { ...row, tries: 0, waitUntil: 0 }, rev)
}
