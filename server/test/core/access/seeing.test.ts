import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOrganisation, createUser } from '../../../src/core/access/accounts.ts'
import { giveGrant, type NewGrant, takeGrant } from '../../../src/core/access/grants.ts'
import { listTeams, showTeam } from '../../../src/core/access/list-teams.ts'
import { removeMember, setMember } from '../../../src/core/access/members.ts'
import { changeSettings, showNamespace } from '../../../src/core/access/namespace-settings.ts'
import { deleteNamespace, transferNamespace } from '../../../src/core/access/namespaces.ts'
import { deleteOrganisation, listMembers, showOrganisation } from '../../../src/core/access/organisations.ts'
import { RightsBook } from '../../../src/core/access/rights-book.ts'
import { changeRobot, createRobot, deleteRobot, listRobots } from '../../../src/core/access/robots.ts'
import { createTeam, deleteTeam } from '../../../src/core/access/teams.ts'
import { explain } from '../../../src/core/audit/explain.ts'
import { whileEmpty } from '../../../src/core/content/while-empty.ts'
import { RegistryError } from '../../../src/domain/error.ts'
import { parseRepositoryName } from '../../../src/domain/repository-name.ts'
import type { Tag } from '../../../src/domain/tag.ts'
import { overStore } from '../../kit/over-store.ts'
import { callerOf, testCore } from '../kit.ts'

const system = callerOf({ kind: 'system', name: 'test' })
const ada = callerOf({ kind: 'user', name: 'ada' })
const eve = callerOf({ kind: 'user', name: 'eve' })

test('what a stranger may not know of costs and says the same as what is not there', async () => {
  const work: string[] = []
  await using world = await testCore({
    rules: { access: { read: [], write: [] } },
    wrap: (store) =>
      overStore(store, {
        get: async (table, key) => {
          work.push(`get ${table.name}`)
          return await store.get(table, key)
        },
        find: async (table, query) => {
          work.push(`find ${table.name}`)
          return await store.find(table, query)
        },
        commit: async (...rest) => {
          work.push('commit')
          return await store.commit(...rest)
        },
      }),
  })
  const { core, generations } = world
  const parts = {
    core,
    book: new RightsBook(core.store, generations),
    whileEmpty: (namespace: string) => whileEmpty(core, namespace),
    immutable: new Map<string, readonly string[]>(),
  }
  for (const name of ['ada', 'eve']) await createUser(parts, system, { name })
  await createOrganisation(parts, ada, { name: 'acme' })
  await createTeam(parts, ada, { organisation: 'acme', team: 'x' })
  await createRobot(parts, ada, { namespace: 'acme', name: 'ci' })
  const grant: NewGrant = { to: 'user:ada', role: 'viewer', namespace: 'acme', kind: '*', name: '*' }
  await giveGrant(parts, ada, grant)
  const asks: readonly ((name: string) => Promise<unknown>)[] = [
    (name) => showOrganisation(parts, eve, name),
    (name) => listMembers(parts, eve, name),
    (name) => listTeams(parts, eve, name),
    (name) => showTeam(parts, eve, { organisation: name, team: 'x' }),
    (name) => deleteOrganisation(parts, eve, name),
    (name) => setMember(parts, eve, { organisation: name, user: 'eve', membership: 'owner' }),
    (name) => removeMember(parts, eve, { organisation: name, user: 'ada' }),
    (name) => createTeam(parts, eve, { organisation: name, team: 'y' }),
    (name) => deleteTeam(parts, eve, { organisation: name, team: 'x' }),
    (name) => showNamespace(parts, eve, name),
    (name) => changeSettings(parts, eve, { namespace: name, change: { visibility: 'public' } }),
    (name) => transferNamespace(parts, eve, { namespace: name, to: 'user:eve' }),
    (name) => deleteNamespace(parts, eve, name),
    (name) => listRobots(parts, eve, name),
    (name) => createRobot(parts, eve, { namespace: name, name: 'ci' }),
    (name) => changeRobot(parts, eve, { namespace: name, name: 'ci', disabled: true }),
    (name) => deleteRobot(parts, eve, { namespace: name, name: 'ci' }),
    (name) => giveGrant(parts, eve, { ...grant, namespace: name }),
    (name) => takeGrant(parts, eve, name),
    (name) => explain(parts, eve, { repository: parseRepositoryName(`${name}/app`), as: 'user:ada' }),
    (name) => explain(parts, eve, { repository: parseRepositoryName(`${name}/app`), tag: 'v1' as Tag }),
  ]
  await Promise.all([parts.book.current(), world.registry.access.ready()])
  const told = async (ask: (name: string) => Promise<unknown>, name: string): Promise<string> => {
    work.length = 0
    const said = await ask(name).then(
      (value) => JSON.stringify(value),
      (error: unknown) => {
        assert.ok(error instanceof RegistryError, String(error))
        return `${error.code} ${error.isOfRights} ${error.message}`
      },
    )
    return `${said.replaceAll(name, '…')} by ${work.join(', ')}`
  }
  for (const [at, ask] of asks.entries())
    assert.equal(await told(ask, 'acme'), await told(ask, 'none'), `question ${at}`)
})
