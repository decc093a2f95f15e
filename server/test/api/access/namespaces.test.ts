import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { ask } from '../../kit/http-client.ts'
import { type PeopledRegistry, startPeopled } from '../../kit/peopled-registry.ts'

const unset = {
  visibility: 'private',
  allowPublicPublish: false,
  requireSignedArtifacts: false,
  autoScanVulnerabilities: false,
  defaultLicense: '',
  requiresReview: false,
  autoPublish: false,
  immutableTags: [],
  quota: {},
  addresses: [],
}

describe('namespaces, by the API', () => {
  let registry: PeopledRegistry
  beforeEach(async () => {
    registry = await startPeopled({
      namespaces: { '*': { immutableTags: ['v*'], quota: { repositories: 3 }, retention: { tags: [] } } },
    })
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
    return `${answer.status} ${answer.json().code}`
  }
  const listed = async (who: string): Promise<string> => {
    const { namespaces } = (await registry.api(who, 'GET namespaces')).json()
    return namespaces.map(({ namespace }: { namespace: string }) => namespace).join(' ')
  }
  const pull = async (who: string, repository: string): Promise<number> => {
    const digest = createHash('sha256').update(repository).digest('hex')
    return await status(who, `GET /v2/${repository}/blobs/sha256:${digest}`)
  }

  it('are made for oneself and one’s organisations, by free names, and not there for others', async () => {
    const made = await registry.api('ada', 'POST namespaces', { namespace: 'tools', visibility: 'internal' })
    assert.equal(made.status, 201)
    const { createdAt: _, ...shown } = made.json()
    const settings = { ...unset, visibility: 'internal' }
    assert.deepEqual(shown, { namespace: 'tools', owner: 'user:ada', settings })
    const owner = 'organisation:acme'
    assert.equal(await status('', 'POST namespaces', { namespace: 'x' }), 401)
    assert.equal(await code('eve', 'POST namespaces', { namespace: 'x', owner }), '403 denied')
    assert.equal(await code('eve', 'POST namespaces', { namespace: 'x', owner: 'user:ada' }), '403 denied')
    assert.equal(
      await code('ada', 'POST namespaces', { namespace: 'x', owner: 'ada' }),
      '400 parameter-invalid',
    )
    for (const namespace of ['tools', 'eve', 'acme'])
      assert.equal(await code('ada', 'POST namespaces', { namespace }), '409 account-exists', namespace)
    for (const namespace of ['image', 'A', '', 'library'])
      assert.equal(await code('ada', 'POST namespaces', { namespace }), '400 account-invalid', namespace)
    assert.equal(await status('ada', 'POST namespaces', { namespace: 'acme-x', owner }), 201)
    assert.deepEqual(await registry.done(), [
      'user:ada namespace.create tools  > user:ada internal [tools]',
      'user:ada namespace.create acme-x  > organisation:acme private [acme-x]',
    ])
    assert.equal(await listed('ada'), 'acme acme-x ada tools')
    // Everybody with an account sees what is internal.
    assert.equal(await listed('eve'), 'eve tools')
    assert.equal(await status('', 'GET namespaces'), 401)
    const [hidden, absent] = [
      await registry.api('eve', 'GET namespaces/acme'),
      await registry.api('eve', 'GET namespaces/none'),
    ]
    assert.deepEqual([hidden.status, absent.status], [404, 404])
    assert.equal(hidden.json().detail, absent.json().detail.replace('none', 'acme'))
    for (const name of ['acme', 'none']) assert.equal(await status('', `GET namespaces/${name}`), 401)
  })

  it('are listed for who says nothing as far as they are public, and the others are as if they were not there', async () => {
    const make = (namespace: string, visibility: string): Promise<number> =>
      status('ada', 'POST namespaces', { namespace, visibility })
    assert.equal(await status('', 'GET namespaces'), 401, 'logging in may help')
    for (const [name, visibility] of [
      ['open', 'public'],
      ['tools', 'internal'],
      ['own', 'private'],
      ['wide', 'public'],
    ] as const)
      assert.equal(await make(name, visibility), 201)
    assert.deepEqual((await registry.api('', 'GET namespaces')).json(), {
      namespaces: ['open', 'wide'].map((namespace) => ({
        namespace,
        owner: 'user:ada',
        visibility: 'public',
      })),
    })
    assert.equal((await registry.api('', 'GET namespaces?limit=1')).json().namespaces.length, 1)
    assert.equal((await registry.api('', 'GET namespaces/open')).json().settings.visibility, 'public')
    const [hidden, absent] = [
      await registry.api('', 'GET namespaces/tools'),
      await registry.api('', 'GET namespaces/none'),
    ]
    assert.deepEqual([hidden.status, absent.status], [401, 401])
    assert.equal(hidden.json().detail, absent.json().detail)
    assert.equal(await status('ada', 'PATCH namespaces/open', { visibility: 'private' }), 204)
    assert.equal(await listed(''), 'wide')
  })

  it('are seen, pushed to and pulled from as they are set, from the answer on', async () => {
    await registry.push('ada', 'acme/app')
    const set = (who: string, body: unknown): Promise<number> => status(who, 'PATCH namespaces/acme', body)
    assert.deepEqual([await pull('', 'acme/app'), await pull('eve', 'acme/app')], [401, 404])
    assert.deepEqual(
      [
        await set('', { visibility: 'public' }),
        await set('eve', { visibility: 'public' }),
        await status('eve', 'PATCH namespaces/none', { visibility: 'public' }),
        await status('root', 'PATCH namespaces/none', { visibility: 'public' }),
        await set('ada', { visibility: 'open' }),
        await set('ada', { visible: 'public' }),
        await set('ada', { visibility: 'internal' }),
      ],
      [401, 403, 403, 404, 400, 400, 204],
    )
    assert.deepEqual([await pull('', 'acme/app'), await pull('eve', 'acme/app')], [401, 200])
    assert.equal(await set('ada', { visibility: 'public', allowPublicPublish: true }), 204)
    assert.deepEqual([await pull('', 'acme/app'), await registry.push('eve', 'acme/hers')], [200, 201])
    assert.equal(await set('ada', { visibility: 'private', allowPublicPublish: false }), 204)
    assert.equal(await set('ada', { visibility: 'private' }), 204)
    assert.deepEqual([await pull('', 'acme/app'), await registry.push('eve', 'acme/more')], [401, 403])
    assert.deepEqual(await registry.done(), [
      'user:ada namespace.change acme {"visibility":"private"} > {"visibility":"internal"} [acme]',
      'user:ada namespace.change acme {"visibility":"internal","allowPublicPublish":false} > {"visibility":"public","allowPublicPublish":true} [acme]',
      'user:ada namespace.change acme {"visibility":"public","allowPublicPublish":true} > {"visibility":"private","allowPublicPublish":false} [acme]',
    ])
  })

  it('switch nothing on that is not built, and say so', async () => {
    for (const [name, on, off] of [
      ['requireSignedArtifacts', true, false],
      ['autoScanVulnerabilities', true, false],
      ['requiresReview', true, false],
      ['autoPublish', true, false],
      ['defaultLicense', 'MIT', ''],
    ] as const) {
      const answer = await registry.api('ada', 'PATCH namespaces/acme', { visibility: 'public', [name]: on })
      assert.deepEqual([answer.status, answer.json().code], [400, 'unsupported'])
      assert.match(
        answer.json().detail,
        new RegExp(`the setting ${name}, which this release cannot carry out`),
      )
      assert.equal(await status('ada', 'PATCH namespaces/acme', { [name]: off }), 204)
    }
    assert.deepEqual((await registry.api('ada', 'GET namespaces/acme')).json().settings, unset)
    assert.deepEqual(await registry.done(), [])
  })

  it('have quotas of the registry’s admins, before those of the configuration', async () => {
    const set = (who: string, quota: unknown): Promise<number> =>
      status(who, 'PATCH namespaces/acme', { quota })
    assert.equal(await set('ada', { repositories: 9 }), 403)
    for (const wrong of [{ bytes: -1 }, { bytes: 1.5 }, { bytes: '1' }, { files: 1 }])
      assert.equal(await set('root', wrong), 400, JSON.stringify(wrong))
    assert.equal(await set('root', { repositories: 1 }), 204)
    assert.deepEqual([await registry.push('ada', 'acme/a'), await registry.push('ada', 'acme/b')], [201, 403])
    assert.equal(await set('root', { repositories: null, bytes: 10 }), 204)
    assert.deepEqual((await registry.api('ada', 'GET namespaces/acme')).json().settings.quota, { bytes: 10 })
    assert.deepEqual(
      [await registry.push('ada', 'acme/a', 'more than ten'), await registry.push('ada', 'acme/b', 'b')],
      [403, 201],
    )
    assert.equal(await set('root', { bytes: null }), 204)
    const pushed = ['c', 'd'].map(async (name) => await registry.push('ada', `acme/${name}`))
    // The configuration’s three are left.
    assert.deepEqual((await Promise.all(pushed)).sort(), [201, 403])
    assert.equal((await registry.done()).length, 3)
  })

  it('have a quota that holds from the answer on, however many push at once', async () => {
    assert.equal(await status('root', 'PATCH namespaces/acme', { quota: { repositories: 7 } }), 204)
    const pushing = Array.from({ length: 64 }, (_, n) => registry.push('ada', `acme/r${n}`))
    const answers = await Promise.all(pushing)
    assert.equal(answers.filter((each) => each === 201).length, 7)
    assert.ok(
      answers.every((each) => each === 201 || each === 403),
      answers.join(' '),
    )
  })

  it('that turn private while a thousand pull serve nobody without rights who comes after the answer', async () => {
    await registry.push('ada', 'acme/app')
    await registry.api('ada', 'PATCH namespaces/acme', { visibility: 'public' })
    let [left, isPrivate] = [1000, false]
    const answers = { before: new Set<number>(), after: new Set<number>() }
    let turning: Promise<void> | undefined
    const pullOn = async (): Promise<void> => {
      while (left-- > 0) {
        if (left === 500)
          turning = registry.api('ada', 'PATCH namespaces/acme', { visibility: 'private' }).then((answer) => {
            assert.equal(answer.status, 204)
            isPrivate = true
          })
        const seen = isPrivate ? answers.after : answers.before
        seen.add(await pull('', 'acme/app'))
      }
    }
    await Promise.all(Array.from({ length: 50 }, pullOn))
    await turning
    assert.ok(answers.before.has(200))
    assert.deepEqual([...answers.after], [401])
    assert.equal(await pull('ada', 'acme/app'), 200)
  })

  it('have immutable tags of their own, which take nothing out of the configuration’s', async () => {
    assert.equal(await status('ada', 'PATCH namespaces/acme', { immutableTags: ['(*'] }), 400)
    assert.equal(
      await status('ada', 'PATCH namespaces/acme', { immutableTags: ['release*', '!*-rc', '!v*'] }),
      204,
    )
    const put = async (tag: string, note: string): Promise<number> => {
      const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: '', size: 2 }
      config.digest = `sha256:${createHash('sha256').update('{}').digest('hex')}`
      const manifest = {
        ...{ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json' },
        ...{ artifactType: 'application/x-test', config, layers: [config], annotations: { note } },
      }
      const answer = await ask(registry.url, {
        method: 'PUT',
        path: `/v2/acme/app/manifests/${tag}`,
        auth: 'ada:correct horse',
        headers: { 'Content-Type': manifest.mediaType },
        body: JSON.stringify(manifest),
      })
      return answer.status
    }
    assert.equal(await registry.push('ada', 'acme/app', '{}'), 201)
    for (const [tag, again] of [
      ['release-1', 409],
      ['release-1-rc', 201],
      ['v1', 409],
      ['latest', 201],
    ] as const) {
      assert.equal(await put(tag, 'one'), 201, tag)
      const moved = await put(tag, 'two')
      assert.equal(moved === 201, again === 201, `${tag}: ${moved}`)
    }
    assert.equal(await status('ada', 'PATCH namespaces/acme', { immutableTags: [] }), 204)
    assert.equal(await put('release-1', 'three'), 201)
    assert.notEqual(await put('v1', 'three'), 201)
  })

  it('are transferred by their owner to who takes them, and never from the account of their name', async () => {
    await registry.api('ada', 'POST namespaces', { namespace: 'tools' })
    await registry.api('ada', 'PUT organisations/acme/members/bob', { role: 'admin' })
    await registry.done()
    const to = (who: string, name: string, whom: string): Promise<string> =>
      registry
        .api(who, `POST namespaces/${name}/transfer`, { to: whom })
        .then((answer) => `${answer.status} ${answer.status === 204 ? '' : answer.json().code}`)
    assert.equal(await to('', 'tools', 'user:eve'), '401 unauthenticated')
    assert.equal(await to('eve', 'tools', 'user:eve'), '403 denied')
    assert.equal(await to('eve', 'none', 'user:eve'), '403 denied')
    assert.equal(await to('root', 'none', 'user:eve'), '404 account-unknown')
    assert.equal(await to('ada', 'tools', 'user:eve'), '403 denied')
    assert.equal(await to('ada', 'ada', 'organisation:acme'), '409 account-in-use')
    assert.equal(await to('root', 'tools', 'organisation:none'), '404 account-unknown')
    assert.equal(await to('ada', 'tools', 'organisation:acme'), '204 ')
    // An admin may all in it, but not give it away.
    assert.equal(await to('bob', 'tools', 'user:bob'), '403 denied')
    assert.equal(await registry.push('bob', 'tools/app'), 201)
    assert.equal(await to('root', 'tools', 'user:eve'), '204 ')
    assert.deepEqual(
      [await registry.push('bob', 'tools/b'), await registry.push('eve', 'tools/c')],
      [403, 201],
    )
    assert.deepEqual(await registry.done(), [
      'user:ada namespace.transfer tools user:ada > organisation:acme [tools]',
      'user:root namespace.transfer tools organisation:acme > user:eve [tools]',
    ])
  })

  it('go when they are empty, with what was granted in them, and with their robots', async () => {
    await registry.api('ada', 'POST namespaces', { namespace: 'tools' })
    await registry.api('ada', 'POST grants', { to: 'user:bob', role: 'writer', namespace: 'tools' })
    await registry.api('ada', 'POST namespaces/tools/robots', { name: 'ci' })
    await registry.api('ada', 'POST grants', { to: 'robot:tools/ci', role: 'viewer', namespace: 'acme' })
    const { key } = (await registry.api('ada', 'POST namespaces/tools/robots/ci/keys', { label: 'x' })).json()
    assert.equal(await status(`x:${key}`, 'GET me'), 200)
    assert.equal(await registry.push('bob', 'tools/app'), 201)
    await registry.done()
    const one = 'DELETE namespaces/tools'
    assert.deepEqual(
      [await status('', one), await status('bob', one), await status('eve', one)],
      [401, 403, 403],
    )
    assert.equal(await code('ada', one), '409 account-in-use')
    await registry.emptyOut('tools')
    assert.equal(await status('ada', one), 204)
    assert.deepEqual(await registry.done(), ['user:ada namespace.delete tools user:ada >  [tools]'])
    assert.equal(await status(`x:${key}`, 'GET me'), 401)
    assert.equal(await status('ada', 'GET namespaces/tools'), 404)
    assert.deepEqual((await registry.api('ada', 'GET grants?namespace=acme')).json(), { grants: [] })
    assert.equal(await status('eve', 'POST namespaces', { namespace: 'tools' }), 201)
    assert.deepEqual(
      [await registry.push('bob', 'tools/b'), await registry.push('ada', 'tools/b')],
      [403, 403],
    )
    assert.deepEqual((await registry.api('eve', 'GET grants?namespace=tools')).json(), { grants: [] })
    assert.deepEqual((await registry.api('eve', 'GET namespaces/tools/robots')).json(), { robots: [] })
  })

  it('that are somebody else’s by the same name later tell nothing of what was done in the earlier one', async () => {
    const told = async (who: string): Promise<readonly string[]> => {
      const { entries } = (await registry.api(who, 'GET audit?namespace=works')).json()
      return entries.map(({ by, action }: { by: string; action: string }) => `${by} ${action}`)
    }
    await registry.api('ada', 'POST namespaces', { namespace: 'works' })
    assert.equal(await registry.push('ada', 'works/secret'), 201)
    await registry.emptyOut('works')
    const ofAda = ['user:ada blob.push', 'user:ada namespace.create']
    assert.deepEqual(await told('ada'), ofAda)
    assert.equal(await status('ada', 'DELETE namespaces/works'), 204)
    registry.clock.jump(1)
    assert.equal(await status('eve', 'POST namespaces', { namespace: 'works' }), 201)
    assert.deepEqual(await told('eve'), ['user:eve namespace.create'])
    assert.deepEqual(await told('root'), ['user:eve namespace.create', 'user:ada namespace.delete', ...ofAda])
  })
})
