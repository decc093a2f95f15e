import { remove } from '../../ports/store/change.ts'
import type { Row, Table } from '../../ports/store/table.ts'
import type { Core } from '../ledger/core.ts'
import { halfSessions, pendingFactors } from './factors/tables.ts'
import { deviceLogins, type UsedProofRow, usedProofs } from './outside-tables.ts'
import { keys, oneTimeLinks, sessions } from './tables.ts'

const atOnce = 200

/** Takes away sessions, links, logins of devices and begun factors whose time is over, and keys that were given for a while: they have opened nothing since. */
export async function expireLogins(core: Core, signal: AbortSignal): Promise<{ readonly expired: number }> {
  let expired = 0
  for (const table of [
    sessions,
    oneTimeLinks,
    deviceLogins,
    usedProofs,
    halfSessions,
    pendingFactors,
  ] as const)
    expired += await expire(core, table as unknown as Table<Expiring>, signal)
  return { expired }
}

type Expiring = Row & { hash: string; expiresAt: number } & Partial<Pick<UsedProofRow, 'key'>>

async function expire(core: Core, table: Table<Expiring>, signal: AbortSignal): Promise<number> {
  for (let expired = 0; ; ) {
    signal.throwIfAborted()
    const { rows } = await core.store.find(table, { index: 'byExpiry', limit: atOnce })
    const gone = rows.filter(({ expiresAt }) => expiresAt <= core.clock.now())
    if (gone.length === 0) return expired
    await core.ledger.keep(async () => {
      const given = await core.store.getMany(
        keys,
        gone.flatMap(({ key }) => (key === undefined || key === '' ? [] : [[key]])),
      )
      const over = given.filter((row) => row !== undefined)
      return {
        value: undefined,
        changes: [
          ...gone.map(({ hash }) => remove(table, [hash])),
          ...over.map(({ id, rev }) => remove(keys, [id], { rev })),
        ],
      }
    })
    expired += gone.length
  }
}
