import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { type PeopledRegistry, startPeopled } from '../../kit/peopled-registry.ts'

describe('roles, grants and robots, by the API', () => {
  let registry: PeopledRegistry
  beforeEach(async () => {
    registry = await startPeopled()
    await registry.api('ada', 'POST organisations', { name: 'acme' })
    await registry.done()
  })
  afterEach(async () => {
    await registry?.[Symbol.asyncDispose]()
  })
  const status = async (who: string, line: string, body?: unknown): Promise<number> =>
    (await registry.api(who, line, body)).status
  const code = async (who: string, line: string, body?: unknown): Promise<string> => {
    const answer = await registry.api(who, line, body)
    return `${answer.status} ${answer.status === 204 ? '' : answer.json().code}`
  }

  it('roles are sets of permissions, given and taken by who has them all, and changed for whoever has them', async () => {
    const put = (who: string, permissions: readonly string[], name = 'uploader'): Promise<string> =>
      code(who, `PUT roles/${name}`, { about: 'Puts things', permissions })
    const first = ['artifacts:read', 'artifacts:create']
    assert.equal(await put('', first), '401 unauthenticated')
    assert.equal(await put('ada', first), '403 denied')
    assert.equal(await put('root', [...first, 'artifacts:fly']), '400 account-invalid')
    assert.equal(await put('root', []), '400 account-invalid')
    assert.equal(await put('root', first, 'viewer'), '409 account-exists')
    assert.equal(await put('root', first, 'Up'), '400 account-invalid')
    assert.equal(await put('root', first), '204 ')
    assert.equal(await put('root', first), '204 ')
    const { roles } = (await registry.api('eve', 'GET roles')).json()
    assert.deepEqual(
      roles.map(({ name, builtIn }: { name: string; builtIn: boolean }) => `${name} ${builtIn}`),
      ['admin true', 'editor true', 'viewer true', 'releaser true', 'writer true', 'uploader false'],
    )
    assert.deepEqual(roles.at(-1).permissions, ['artifacts:create', 'artifacts:read'])
    assert.equal(await status('', 'GET roles'), 401)
    const grant = { to: 'user:bob', role: 'uploader', namespace: 'acme', name: 'app*' }
    const { id } = (await registry.api('ada', 'POST grants', grant)).json()
    assert.deepEqual(
      [await registry.push('bob', 'acme/app-1'), await registry.push('bob', 'acme/x')],
      [201, 403],
    )
    assert.equal(await put('root', ['artifacts:read']), '204 ')
    assert.equal(await registry.push('bob', 'acme/app-2'), 403)
    assert.equal(await code('ada', 'DELETE roles/uploader'), '403 denied')
    assert.equal(await code('root', 'DELETE roles/uploader'), '409 account-in-use')
    assert.equal(await status('ada', `DELETE grants/${id}`), 204)
    assert.equal(await code('root', 'DELETE roles/uploader'), '204 ')
    assert.equal(await code('root', 'DELETE roles/uploader'), '404 account-unknown')
    const shown = `user:bob uploader *:acme/app* `
    assert.deepEqual(await registry.done(), [
      'user:root role.set role:uploader  > artifacts:create artifacts:read []',
      `user:ada grant.give ${shown} > ${id} [acme]`,
      'user:root role.set role:uploader artifacts:create artifacts:read > artifacts:read []',
      `user:ada grant.take ${shown}${id} >  [acme]`,
      'user:root role.delete role:uploader artifacts:read >  []',
    ])
  })

  it('nobody changes a role to what they may not do themselves', async () => {
    await registry.api('root', 'PUT roles/granter', { permissions: ['grants:manage', 'artifacts:read'] })
    await registry.api('root', 'POST grants', { to: 'user:bob', role: 'granter', namespace: '*' })
    assert.equal(
      await code('bob', 'PUT roles/granter', { permissions: ['grants:manage', 'users:manage'] }),
      '403 denied',
    )
    assert.equal(await code('bob', 'PUT roles/other', { permissions: ['artifacts:delete'] }), '403 denied')
    assert.equal(await code('bob', 'PUT roles/other', { permissions: ['artifacts:read'] }), '204 ')
    await registry.api('root', 'PUT roles/strong', { permissions: ['artifacts:delete'] })
    assert.equal(await code('bob', 'PUT roles/strong', { permissions: ['artifacts:read'] }), '403 denied')
    assert.equal(await code('bob', 'DELETE roles/strong'), '403 denied')
  })

  it('grants are given in a namespace by who may, listed to them and to who has them, and taken', async () => {
    const grant = { to: 'user:bob', role: 'viewer', namespace: 'acme', kind: 'persona', name: 'a*' }
    assert.equal(await status('', 'POST grants', grant), 401)
    assert.equal(await status('eve', 'POST grants', grant), 403)
    assert.equal(await status('ada', 'POST grants', { ...grant, namespace: '*' }), 403)
    assert.equal(await status('ada', 'POST grants', { ...grant, to: 'bob' }), 400)
    assert.equal(await status('ada', 'POST grants', { ...grant, to: 'user:none' }), 404)
    assert.equal(await status('ada', 'POST grants', { ...grant, role: 'none' }), 404)
    const made = await registry.api('ada', 'POST grants', grant)
    assert.equal(made.status, 201)
    const { id } = made.json()
    const list = async (who: string, query: string): Promise<unknown> => {
      const answer = await registry.api(who, `GET grants?${query}`)
      if (answer.status !== 200) return answer.status
      return answer.json().grants.map(({ at: _, ...rest }: { at: string }) => rest)
    }
    const shown = [{ id, ...grant, by: 'user:ada' }]
    assert.deepEqual(await list('ada', 'namespace=acme'), shown)
    assert.deepEqual(await list('bob', 'to=user:bob'), shown)
    assert.deepEqual(await list('ada', 'to=user:bob'), shown)
    assert.deepEqual(await list('eve', 'to=user:bob'), [])
    assert.deepEqual(await list('eve', 'namespace=acme'), 403)
    assert.deepEqual(await list('ada', 'namespace=*'), 403)
    assert.deepEqual(await list('', 'to=user:bob'), 401)
    assert.deepEqual(await list('ada', ''), 400)
    assert.equal(await status('eve', `DELETE grants/${id}`), 403)
    assert.equal(await status('eve', 'DELETE grants/none'), 403)
    assert.equal(await status('ada', `DELETE grants/${id}`), 204)
    assert.equal(await status('root', `DELETE grants/${id}`), 404)
    assert.deepEqual(await registry.done(), [
      `user:ada grant.give user:bob viewer persona:acme/a*  > ${id} [acme]`,
      `user:ada grant.take user:bob viewer persona:acme/a* ${id} >  [acme]`,
    ])
  })

  it('robots have keys, shown once, for what they may, from where they may come, until they are over', async () => {
    const robots = 'namespaces/acme/robots'
    assert.deepEqual(
      [
        await status('', `POST ${robots}`, { name: 'ci' }),
        await status('eve', `POST ${robots}`, { name: 'ci' }),
        await status('eve', 'POST namespaces/none/robots', { name: 'ci' }),
        await status('root', 'POST namespaces/none/robots', { name: 'ci' }),
        await status('ada', `POST ${robots}`, { name: 'C I' }),
        await status('ada', `POST ${robots}`, { name: 'ci', about: 'Builds' }),
        await status('ada', `POST ${robots}`, { name: 'ci' }),
        await status('eve', `GET ${robots}`),
      ],
      [401, 403, 403, 404, 400, 201, 409, 403],
    )
    await registry.api('ada', 'POST grants', { to: 'robot:acme/ci', role: 'writer', namespace: 'acme' })
    const scopes = [{ permissions: ['artifacts:create', 'artifacts:read'], namespace: 'acme', name: 'app*' }]
    const keys = `${robots}/ci/keys`
    const make = async (body: object): Promise<{ id: string; key: string }> =>
      (await registry.api('ada', `POST ${keys}`, { label: 'x', scopes, ...body })).json()
    assert.equal(await status('eve', `POST ${keys}`, { label: 'x' }), 403)
    assert.equal(await status('ada', `POST ${robots}/none/keys`, { label: 'x' }), 404)
    const here = await make({ from: ['127.0.0.0/8'] })
    const elsewhere = await make({ from: ['192.0.2.0/24'] })
    const expiresAt = new Date(registry.clock.now() + 60_000).toISOString()
    const short = await make({ expiresAt })
    assert.equal(await registry.push(`x:${here.key}`, 'acme/app-1'), 201)
    assert.equal(await registry.push(`x:${here.key}`, 'acme/other'), 403)
    assert.equal(await registry.push(`x:${elsewhere.key}`, 'acme/app-1'), 401)
    assert.equal(await registry.push(`x:${short.key}`, 'acme/app-1'), 201)
    await registry.clock.advance(60_000)
    assert.equal(await registry.push(`x:${short.key}`, 'acme/app-1'), 401)
    const listed = await registry.api('ada', `GET ${keys}`)
    assert.equal(listed.json().keys.length, 3)
    for (const { key } of [here, elsewhere, short]) assert.ok(!listed.text().includes(key))
    assert.equal(await status('eve', `GET ${keys}`), 403)
    const own = (await registry.api('ada', 'POST me/keys', { label: 'mine' })).json()
    assert.equal(await status('ada', `DELETE ${keys}/${own.id}`), 404)
    assert.equal(await status('eve', `DELETE ${keys}/${here.id}`), 403)
    assert.equal(await status('ada', `DELETE ${keys}/${elsewhere.id}`), 204)
    assert.equal(await status('ada', `PATCH ${robots}/ci`, { disabled: true }), 204)
    assert.equal(await registry.push(`x:${here.key}`, 'acme/app-1'), 401)
    assert.equal(await status('ada', `PATCH ${robots}/ci`, { disabled: false }), 204)
    assert.equal(await registry.push(`x:${here.key}`, 'acme/app-1'), 201)
    assert.equal(await status('eve', `PATCH ${robots}/ci`, { disabled: true }), 403)
    assert.equal(await status('eve', `DELETE ${robots}/ci`), 403)
    assert.equal(await status('ada', `DELETE ${robots}/ci`), 204)
    assert.equal(await registry.push(`x:${here.key}`, 'acme/app-1'), 401)
    const done = (await registry.done()).map((line) => line.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID'))
    assert.deepEqual(done, [
      'user:ada robot.create robot:acme/ci  >  [acme]',
      'user:ada grant.give robot:acme/ci writer *:acme/*  > ID [acme]',
      ...Array.from({ length: 3 }, () => 'user:ada key.create robot:acme/ci  > ID [acme]'),
      'user:ada key.create user:ada  > ID []',
      'user:ada key.revoke robot:acme/ci ID >  [acme]',
      'user:ada robot.change robot:acme/ci active > disabled [acme]',
      'user:ada robot.change robot:acme/ci disabled > active [acme]',
      'user:ada robot.delete robot:acme/ci  >  [acme]',
    ])
    // A robot of that name that is made later has nothing of this one.
    assert.equal(await status('ada', `POST ${robots}`, { name: 'ci' }), 201)
    assert.deepEqual((await registry.api('ada', `GET ${keys}`)).json(), { keys: [] })
    assert.deepEqual((await registry.api('ada', 'GET grants?to=robot:acme/ci')).json(), { grants: [] })
  })
})
