import { hashWithArgon2 } from '../../../server/src/adapters/identity/shared/hash-password.ts'
import { usualArgon2Cost } from '../../../server/src/adapters/identity/shared/open-passwords.ts'
import { openSqliteBulkLoad } from '../../../server/src/adapters/store/sqlite/bulk-load.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import { accounts, passwords } from '../../../server/src/core/access/tables.ts'
import type { Task } from '../task.ts'

export const people = { prefix: 'person-', password: 'correct horse battery staple' } as const

const at = Date.UTC(2026, 0, 1)
const account = {
  ...{ title: '', email: '', emailVerifiedAt: 0 },
  ...{ createdAt: at, createdBy: 'system:bench', epoch: 0, keyEpoch: 0 },
}

/** A folder with so many accounts. All have one password under one salt: each is verified all the same. */
export async function fillPeople({ folder, count }: Extract<Task, { do: 'fill-people' }>): Promise<object> {
  const hash = await hashWithArgon2(people.password, usualArgon2Cost)
  await using load = await openSqliteBulkLoad({ folder }, schema)
  for (let one = 0; one < count; one++) {
    const name = `${people.prefix}${one}`
    load.insert(accounts, {
      ...account,
      name,
      kind: 'user',
      state: 'active',
    })
    load.insert(passwords, { user: name, hash, changedAt: at })
  }
  await load.finish()
  return {}
}
