import { insert, put } from '../../ports/store/change.ts'
import type { Store } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { secrets } from '../ledger/tables.ts'

/** The hash of the password that was made for a first user of that name; undefined: none was. */
export async function firstUserHash(store: Pick<Store, 'get'>, name: string): Promise<string | undefined> {
  const row = await store.get(secrets, [rowOf(name)])
  return row && Buffer.from(row.bytes).toString('utf8')
}

/** From the moment that it answers, the password of this hash is the user's, and no other. */
export async function setFirstUserHash(core: Core, name: string, hash: string): Promise<void> {
  const row = { name: rowOf(name), bytes: new Uint8Array(Buffer.from(hash, 'utf8')) }
  await core.ledger.keep(async () => {
    const found = await core.store.get(secrets, [row.name])
    const change = found === undefined ? insert(secrets, row) : put(secrets, row, found.rev)
    return { value: undefined, changes: [change] }
  })
}

/** By name: who is called otherwise later gets a password of their own. */
const rowOf = (name: string): string => `first-user ${name}`
