import { openSqliteBulkLoad } from '../../../server/src/adapters/store/sqlite/bulk-load.ts'
import { schema } from '../../../server/src/boot/schema.ts'
import {
  accounts,
  grants,
  members,
  namespaceRules,
  roles,
  teamMembers,
  teams,
} from '../../../server/src/core/access/tables.ts'
import { madeFacts } from '../rights/made-facts.ts'
import type { Task } from '../task.ts'

/** Has an account, and may nothing. */
export const newcomer = 'newcomer'

const at = Date.UTC(2026, 0, 1)
const by = 'system:bench'
const account = {
  title: '',
  email: '',
  emailVerifiedAt: 0,
  createdAt: at,
  createdBy: by,
  epoch: 0,
  keyEpoch: 0,
}

/** A folder with the rights of many organisations, as their changes would have left them. */
export async function fillRights({ folder, sizes }: Extract<Task, { do: 'fill-rights' }>): Promise<object> {
  const facts = madeFacts(sizes)
  await using load = await openSqliteBulkLoad({ folder }, schema)
  for (const { name, visibility } of facts.organisations) {
    load.insert(accounts, { ...account, name, kind: 'organisation', state: 'active' })
    load.insert(namespaceRules, {
      ...{ namespace: name, owner: `organisation:${name}`, visibility },
      ...{ allowPublicPublish: false, settings: '{}', createdAt: at },
    })
  }
  for (const name of [...facts.users, newcomer])
    load.insert(accounts, { ...account, name, kind: 'user', state: 'active' })
  for (const member of facts.members) load.insert(members, { ...member, at })
  for (const team of facts.teams) load.insert(teams, { ...team, about: '', at })
  for (const member of facts.teamMembers) load.insert(teamMembers, { ...member, at })
  load.insert(roles, { name: facts.role.name, about: '', permissions: facts.role.permissions.join(' ') })
  for (const grant of facts.grants) load.insert(grants, { ...grant, by, at })
  await load.finish()
  return {}
}
