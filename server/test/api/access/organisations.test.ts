import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { members, teamMembers, teams } from '../../../src/core/access/tables.ts'
import { type PeopledRegistry, startPeopled } from '../../kit/peopled-registry.ts'

describe('organisations, by the API', () => {
  let registry: PeopledRegistry
  beforeEach(async () => {
    registry = await startPeopled()
  })
  afterEach(async () => {
    await registry?.[Symbol.asyncDispose]()
  })
  const status = async (who: string, line: string, body?: unknown): Promise<number> =>
    (await registry.api(who, line, body)).status
  const code = async (who: string, line: string, body?: unknown): Promise<string> => {
    const answer = await registry.api(who, line, body)
    return `${answer.status} ${answer.json().code}`
  }

  it('are made by whoever has an account, shown to who belongs to them, and not there for others', async () => {
    const made = await registry.api('ada', 'POST organisations', { name: 'acme', title: 'Acme' })
    assert.equal(made.status, 201)
    const shown = { name: 'acme', title: 'Acme', email: '', createdAt: made.json().createdAt }
    assert.deepEqual(made.json(), shown)
    assert.deepEqual(await registry.done(), ['user:ada account.create organisation:acme  >  [acme]'])
    assert.equal(await status('', 'POST organisations', { name: 'nobodys' }), 401)
    assert.equal(await code('bob', 'POST organisations', { name: 'acme' }), '409 account-exists')
    for (const who of ['ada', 'root'])
      assert.deepEqual((await registry.api(who, 'GET organisations')).json(), { organisations: [shown] })
    assert.deepEqual((await registry.api('eve', 'GET organisations')).json(), { organisations: [] })
    assert.equal(await status('', 'GET organisations'), 401)
    for (const rest of ['', '/members', '/teams', '/teams/x']) {
      const [hidden, absent] = [
        await registry.api('eve', `GET organisations/acme${rest}`),
        await registry.api('eve', `GET organisations/none${rest}`),
      ]
      assert.deepEqual([hidden.status, absent.status], [404, 404], rest)
      const { requestId: _, ...told } = hidden.json()
      const { requestId: __, ...toldOfNone } = absent.json()
      assert.deepEqual({ ...told, detail: '' }, { ...toldOfNone, detail: '' })
      assert.equal(told.detail, toldOfNone.detail.replace('none', 'acme'))
      assert.equal(await status('', `GET organisations/acme${rest}`), 401)
    }
    assert.deepEqual(await registry.done(), [])
  })

  it('are paged by their names', async () => {
    for (const name of ['one', 'two', 'three']) await registry.api('ada', 'POST organisations', { name })
    const first = (await registry.api('ada', 'GET organisations?limit=2')).json()
    assert.deepEqual(
      [first.organisations.map((each: { name: string }) => each.name), first.next],
      [['one', 'three'], 'three'],
    )
    const rest = (await registry.api('ada', 'GET organisations?limit=2&last=three')).json()
    assert.deepEqual(
      [rest.organisations.length, rest.organisations[0].name, rest.next],
      [1, 'two', undefined],
    )
    assert.equal(await code('ada', 'GET organisations?limits=2'), '400 parameter-invalid')
  })

  it('have members of roles, whom their admins set, but for owners, of whom one stays', async () => {
    await registry.api('ada', 'POST organisations', { name: 'acme' })
    await registry.done()
    const set = (who: string, user: string, role: string): Promise<number> =>
      status(who, `PUT organisations/acme/members/${user}`, { role })
    assert.deepEqual(
      [await set('', 'bob', 'read'), await set('eve', 'eve', 'owner'), await set('bob', 'bob', 'admin')],
      [401, 403, 403],
    )
    assert.equal(await set('ada', 'bob', 'chief'), 400)
    assert.equal(await set('ada', 'nobody', 'read'), 404)
    assert.equal(await set('ada', 'bob', 'admin'), 204)
    assert.deepEqual([await set('bob', 'bob', 'owner'), await set('bob', 'eve', 'write')], [403, 204])
    assert.deepEqual(await registry.done(), [
      'user:ada member.set organisation:acme  > user:bob admin [acme]',
      'user:bob member.set organisation:acme  > user:eve write [acme]',
    ])
    const { members } = (await registry.api('eve', 'GET organisations/acme/members')).json()
    assert.deepEqual(
      members.map(({ user, role }: { user: string; role: string }) => `${user} ${role}`),
      ['ada owner', 'bob admin', 'eve write'],
    )
    const out = (who: string, user: string): Promise<string> =>
      code(who, `DELETE organisations/acme/members/${user}`)
    assert.equal(await out('ada', 'ada'), '409 last-owner')
    assert.equal(await out('bob', 'ada'), '403 denied')
    assert.equal(await status('eve', 'DELETE organisations/acme/members/eve'), 204)
    assert.equal(await out('ada', 'eve'), '404 account-unknown')
    assert.deepEqual(await registry.done(), [
      'user:eve member.remove organisation:acme user:eve write >  [acme]',
    ])
    assert.equal(await status('eve', 'GET organisations/acme'), 404)
    // Whether it is there is not told by who leaves it either.
    const leaving = await Promise.all(
      ['acme', 'none'].map((name) => registry.api('eve', `DELETE organisations/${name}/members/eve`)),
    )
    const said = leaving.map((answer) => answer.json().detail.replace(/"(acme|none)"/, ''))
    assert.equal(said[0], said[1])
  })

  it('have teams of their members', async () => {
    await registry.api('ada', 'POST organisations', { name: 'acme' })
    await registry.api('ada', 'PUT organisations/acme/members/bob', { role: 'read' })
    await registry.done()
    assert.deepEqual(
      [
        await status('', 'POST organisations/acme/teams', { name: 'release' }),
        await status('bob', 'POST organisations/acme/teams', { name: 'release' }),
        await status('ada', 'POST organisations/acme/teams', { name: 'release', about: 'Those who ship' }),
        await status('ada', 'POST organisations/acme/teams', { name: 'release' }),
        await status('ada', 'PUT organisations/acme/teams/release/members/eve'),
        await status('ada', 'PUT organisations/acme/teams/none/members/bob'),
        await status('bob', 'PUT organisations/acme/teams/release/members/bob'),
        await status('ada', 'PUT organisations/acme/teams/release/members/bob'),
        await status('ada', 'PUT organisations/acme/teams/release/members/bob'),
      ],
      [401, 403, 201, 409, 404, 404, 403, 204, 204],
    )
    const { createdAt: _, ...team } = (
      await registry.api('bob', 'GET organisations/acme/teams/release')
    ).json()
    assert.deepEqual(team, { name: 'release', about: 'Those who ship', members: ['bob'] })
    const { teams } = (await registry.api('bob', 'GET organisations/acme/teams')).json()
    assert.deepEqual([teams.length, teams[0].name, teams[0].members], [1, 'release', undefined])
    assert.equal(await status('bob', 'DELETE organisations/acme/teams/release/members/bob'), 403)
    assert.equal(await status('ada', 'DELETE organisations/acme/teams/release/members/bob'), 204)
    assert.equal(await status('ada', 'DELETE organisations/acme/teams/release/members/bob'), 404)
    assert.equal(await status('bob', 'DELETE organisations/acme/teams/release'), 403)
    assert.equal(await status('ada', 'DELETE organisations/acme/teams/release'), 204)
    assert.equal(await status('ada', 'GET organisations/acme/teams/release'), 404)
    assert.deepEqual(await registry.done(), [
      'user:ada team.create team:acme/release  >  [acme]',
      'user:ada team.add team:acme/release  > user:bob [acme]',
      'user:ada team.remove team:acme/release user:bob >  [acme]',
      'user:ada team.delete team:acme/release  >  [acme]',
    ])
  })

  it('are deleted by an owner once they hold nothing, with all that was theirs; the name stays taken', async () => {
    await registry.api('ada', 'POST organisations', { name: 'acme' })
    await registry.api('ada', 'PUT organisations/acme/members/bob', { role: 'admin' })
    await registry.api('ada', 'POST organisations/acme/teams', { name: 'release' })
    await registry.api('ada', 'PUT organisations/acme/teams/release/members/bob')
    await registry.api('ada', 'POST namespaces', { namespace: 'acme-tools', owner: 'organisation:acme' })
    await registry.api('ada', 'POST grants', { to: 'team:acme/release', role: 'viewer', namespace: 'ada' })
    const one = 'DELETE organisations/acme'
    assert.deepEqual(
      [await status('', one), await status('eve', one), await status('bob', one)],
      [401, 403, 403],
    )
    assert.equal(await code('ada', one), '409 account-in-use')
    assert.match((await registry.api('ada', one)).text(), /acme-tools/)
    assert.equal(await status('ada', 'DELETE namespaces/acme-tools'), 204)
    assert.equal(await registry.push('ada', 'acme/app'), 201)
    assert.match((await registry.api('ada', one)).text(), /acme, which is not empty/)
    const { core } = registry.composed
    await registry.emptyOut('acme')
    await registry.done()
    assert.equal(await status('ada', one), 204)
    assert.deepEqual(await registry.done(), ['user:ada account.delete organisation:acme  >  [acme]'])
    for (const line of [one, 'GET organisations/acme', 'GET namespaces/acme'])
      assert.equal(await status('root', line), 404, line)
    assert.equal(await code('bob', 'POST organisations', { name: 'acme' }), '409 account-exists')
    assert.equal(await code('bob', 'POST namespaces', { namespace: 'acme' }), '409 account-exists')
    assert.deepEqual((await registry.api('ada', 'GET grants?namespace=ada')).json(), { grants: [] })
    assert.equal(await core.store.count(members, { index: 'key', upTo: 9 }), 0)
    assert.equal(await core.store.count(teamMembers, { index: 'key', upTo: 9 }), 0)
    assert.equal(await core.store.count(teams, { index: 'key', upTo: 9 }), 0)
  })

  it('are not had by the name of a namespace into which others have put something', async () => {
    await using open = await startPeopled({
      users: { cleo: 'asp' },
      access: { read: [], write: ['cleo'] },
    })
    assert.equal(await open.push('cleo:asp', 'legacy/app'), 201)
    const taking = await open.api('eve', 'POST organisations', { name: 'legacy' })
    assert.deepEqual([taking.status, taking.json().code], [409, 'account-exists'])
    assert.equal((await open.api('eve', 'POST namespaces', { namespace: 'legacy' })).status, 409)
    // Who looks after users alone may do nothing in it either.
    await open.api('root', 'PUT roles/helpdesk', { permissions: ['users:manage'] })
    const helpdesk = { to: 'user:bob', role: 'helpdesk', namespace: '*' }
    assert.equal((await open.api('root', 'POST grants', helpdesk)).status, 201)
    assert.equal((await open.api('bob', 'POST namespaces', { namespace: 'legacy' })).status, 409)
    assert.equal((await open.api('bob', 'POST organisations', { name: 'legacy' })).status, 409)
    assert.equal((await open.api('bob', 'POST users', { name: 'legacy' })).status, 409)
    assert.equal((await open.api('bob', 'POST users', { name: 'fresh' })).status, 201)
    assert.equal((await open.api('root', 'POST organisations', { name: 'legacy' })).status, 201)
  })

  it('are not called as a user of the configuration, who would not come in any more', async () => {
    await using own = await startPeopled({ users: { cleo: 'asp' }, access: { read: ['cleo'], write: [] } })
    const status = async (who: string, line: string, body?: unknown): Promise<number> =>
      (await own.api(who, line, body)).status
    assert.equal(await status('ada', 'POST organisations', { name: 'cleo' }), 409)
    assert.equal(await status('ada', 'POST namespaces', { namespace: 'cleo' }), 409)
    assert.equal(await status('cleo:asp', 'GET me'), 200)
    // Whoever manages users may give them an account, which is theirs from then on.
    assert.equal(await status('root', 'POST users', { name: 'cleo' }), 201)
    assert.equal(await status('cleo:asp', 'GET me'), 401)
  })
})
