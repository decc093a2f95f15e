import { hashWithArgon2 } from '../../../server/src/adapters/identity/shared/hash-password.ts'
import { usualArgon2Cost } from '../../../server/src/adapters/identity/shared/open-passwords.ts'
import { makeAdministrator } from '../../../server/src/core/access/make-administrator.ts'
import type { Task } from '../task.ts'
import { openRegistry } from './open-registry.ts'

const name = 'bench'

/** A folder with the first account. @returns a key of it */
export async function makeAccount({
  folder,
}: Extract<Task, { do: 'make-account' }>): Promise<{ readonly key: string }> {
  await using opened = await openRegistry(folder, true)
  const { core, registry } = opened.composed
  const hash = await hashWithArgon2('nobody logs in by it', usualArgon2Cost)
  const found = await makeAdministrator(core, { name, hash })
  if (found !== 'made') throw new Error(`the account was not made: ${found}`)
  const owner = { kind: 'user', name } as const
  const via = { kind: 'password', id: '', epoch: 0 } as const
  const caller = {
    principal: { ...owner, via },
    requestId: 'bench',
    signal: new AbortController().signal,
  }
  const { key } = await registry.accounts.makeKey(caller, { owner, label: 'bench' })
  return { key }
}
