import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { runIn } from '../../cli/run-line.ts'
import { TestWorld } from '../../cli/test-world.ts'
import { callerOf } from '../../core/kit.ts'
import { ask } from '../../kit/http-client.ts'
import { type PeopledRegistry, startPeopled } from '../../kit/peopled-registry.ts'

describe('what decides', () => {
  let registry: PeopledRegistry
  let digest = ''
  beforeEach(async () => {
    registry = await startPeopled({
      namespaces: { '*': { immutableTags: ['v*'], quota: { repositories: 2 }, retention: { tags: [] } } },
    })
    await registry.api('ada', 'POST organisations', { name: 'acme' })
    await registry.push('ada', 'acme/app', '{}')
    digest = await pushTags(['v1', 'edge', 'gone'])
    assert.equal((await registry.api('ada', 'DELETE /v2/acme/app/manifests/gone')).status, 202)
  })
  afterEach(async () => {
    await registry?.[Symbol.asyncDispose]()
  })

  async function pushTags(tags: readonly string[]): Promise<string> {
    const config = {
      mediaType: 'application/vnd.oci.empty.v1+json',
      digest: `sha256:${createHash('sha256').update('{}').digest('hex')}`,
      size: 2,
    }
    const type = 'application/vnd.oci.image.manifest.v1+json'
    const artifactType = 'application/x-test'
    const body = JSON.stringify({ schemaVersion: 2, mediaType: type, artifactType, config, layers: [config] })
    for (const tag of tags) {
      const answer = await ask(registry.url, {
        method: 'PUT',
        path: `/v2/acme/app/manifests/${tag}`,
        auth: 'ada:correct horse',
        headers: { 'Content-Type': type },
        body,
      })
      assert.equal(answer.status, 201)
    }
    return `sha256:${createHash('sha256').update(body).digest('hex')}`
  }
  // biome-ignore lint/suspicious/noExplicitAny: what a test says of it fails where it is otherwise
  const explain = async (who: string, query: string): Promise<any> => {
    const answer = await registry.api(who, `GET explain?${query}`)
    return answer.status === 200 ? answer.json() : `${answer.status} ${answer.json().code}`
  }
  const isTold = async (who: string, query: string): Promise<readonly string[]> => {
    const { pull, push } = await explain(who, query)
    return [pull, push]
  }

  it('is told with the tag, the pattern and the quota, to who may read them', async () => {
    const told = await explain('ada', 'name=acme/app&tag=v1')
    const because = { by: 'membership', organisation: 'acme', membership: 'owner' }
    assert.deepEqual(told.permissions[0], { permission: 'artifacts:read', allowed: true, because })
    const { movedAt, ...tag } = told.tag
    assert.equal(movedAt, new Date(registry.clock.now()).toISOString())
    assert.deepEqual(tag, { tag: 'v1', digest, immutableBy: 'v*' })
    assert.deepEqual(told.namespace, { owner: 'organisation:acme', visibility: 'private' })
    assert.deepEqual(told.quota, {
      used: { ...told.quota.used, repositories: 1 },
      limit: { repositories: 2 },
    })
    const since = 'since they belong to the organisation acme as owner'
    assert.deepEqual(
      [told.as, told.pull, told.push],
      ['user:ada', `allowed, ${since}`, 'refused, unless it is what the tag has: v* makes it immutable'],
    )
    assert.deepEqual(await isTold('ada', 'name=acme/app&tag=edge'), [
      `allowed, ${since}`,
      `allowed, ${since}`,
    ])
    const [gone] = await isTold('ada', 'name=acme/app&tag=gone')
    assert.match(gone ?? '', /^not found \(404\): the tag was deleted at .*; to read it is allowed/)
    assert.match((await isTold('ada', 'name=acme/app&tag=no'))[0] ?? '', /there is no such tag/)
    await registry.push('ada', 'acme/second')
    assert.deepEqual(await isTold('ada', 'name=acme/third'), [
      `not found (404): nothing was pushed by this name; to read it is allowed, ${since}`,
      'refused: the quota of the namespace leaves no more repositories',
    ])
  })

  it('is told of others to who reads the log there, by the grant or the key that decides', async () => {
    assert.equal(await explain('', 'name=acme/app&as=bob'), '401 unauthenticated')
    for (const name of ['acme/app', 'none/app'])
      assert.equal(await explain('bob', `name=${name}&as=ada`), '403 denied')
    const grant = { to: 'user:bob', role: 'viewer', namespace: 'acme', name: 'app' }
    const { id } = (await registry.api('ada', 'POST grants', grant)).json()
    assert.deepEqual(await isTold('ada', 'name=acme/app&tag=edge&as=bob'), [
      `allowed, since user:bob has the role viewer by the grant ${id}`,
      'refused, since nothing gives them that right (artifacts:update)',
    ])
    assert.match(
      (await isTold('ada', 'name=acme/other&as=user:bob'))[0] ?? '',
      /^not found \(404\), since nothing/,
    )
    assert.match(
      (await isTold('ada', 'name=acme/app&as=anonymous'))[0] ?? '',
      /^refused \(401\), since nothing/,
    )
    const scopes = [{ permissions: ['artifacts:read'], namespace: 'ada' }]
    const key = (await registry.api('ada', 'POST me/keys', { label: 'x', scopes })).json()
    const byKey = `name=acme/app&as=key:${key.id}`
    assert.match(
      (await isTold('ada', byKey))[0] ?? '',
      /whoever has the key may, but the key is not good for it/,
    )
    await registry.api('ada', `DELETE me/keys/${key.id}`)
    assert.match((await isTold('ada', byKey))[0] ?? '', /^refused \(401\): the key is none any more/)
    for (const as of ['team:acme/x', 'robot:acme', 'key:', 'user:'])
      assert.equal(await explain('ada', `name=acme/app&as=${as}`), '400 parameter-invalid', as)
  })

  it('tells of who is disabled that nothing lets them in, whatever they were granted', async () => {
    await registry.api('ada', 'POST namespaces/acme/robots', { name: 'ci' })
    for (const to of ['robot:acme/ci', 'user:bob'])
      await registry.api('ada', 'POST grants', { to, role: 'writer', namespace: 'acme' })
    assert.match((await isTold('ada', 'name=acme/app&as=robot:acme/ci'))[0] ?? '', /^allowed/)
    await registry.api('ada', 'PATCH namespaces/acme/robots/ci', { disabled: true })
    const { accounts } = registry.composed.registry
    await accounts.setUserState(callerOf({ kind: 'system', name: 'test' }), {
      name: 'bob',
      state: 'disabled',
    })
    for (const [as, why] of [
      ['robot:acme/ci', 'the robot acme/ci is disabled'],
      ['robot:acme/none', 'there is no robot acme/none'],
      ['user:bob', 'the user bob is disabled'],
    ])
      assert.deepEqual(await isTold('ada', `name=acme/app&as=${as}`), [
        `refused (401): ${why}`,
        `refused (401): ${why}`,
      ])
  })

  it('is no way to what one may not read: it is told as if it were not there', async () => {
    assert.equal(await explain('', 'name=acme/app'), '401 unauthenticated')
    const hidden = await explain('eve', 'name=acme/app&tag=v1')
    const nowhere = await explain('eve', 'name=none/app&tag=v1')
    assert.deepEqual({ ...hidden, repository: '' }, { ...nowhere, repository: '' })
    assert.deepEqual(Object.keys(hidden).sort(), ['as', 'permissions', 'pull', 'push', 'repository'])
    // Who may write and not read hears nothing of what is there either.
    await registry.api('root', 'PUT roles/dropper', { permissions: ['artifacts:create'] })
    await registry.api('ada', 'POST grants', { to: 'user:eve', role: 'dropper', namespace: 'acme' })
    const there = await explain('eve', 'name=acme/app&tag=v1')
    const absent = await explain('eve', 'name=acme/none&tag=v1')
    assert.deepEqual({ ...there, repository: '' }, { ...absent, repository: '' })
    assert.match(there.push, /^allowed, since user:eve has the role dropper/)
  })

  it('is found by the id of each request that was refused, by who reads the log', async () => {
    const refused = async (): Promise<string> => {
      const answer = await registry.api('eve', 'GET /v2/acme/app/manifests/v1')
      assert.equal(answer.status, 404)
      return String(answer.headers['x-request-id'])
    }
    // Those that are alike stand in one entry of the log, and each is found.
    for (const id of [await refused(), await refused()]) {
      const { refusals } = (await registry.api('ada', `GET explain/requests/${id}`)).json()
      assert.equal(refusals.length, 1)
      const [{ by, code, repository, explained }] = refusals
      assert.deepEqual([by, code, repository], ['user:eve', 'name-unknown', 'acme/app'])
      assert.match(explained.pull, /^not found \(404\), since nothing gives them that right/)
    }
    const id = await refused()
    assert.deepEqual((await registry.api('bob', `GET explain/requests/${id}`)).json(), { refusals: [] })
    assert.equal((await registry.api('', `GET explain/requests/${id}`)).status, 401)
    assert.deepEqual((await registry.api('root', 'GET explain/requests/none')).json(), { refusals: [] })
  })

  it('is told by the command line', async () => {
    const run = async (line: string): Promise<readonly [number, string, string]> => {
      const env = {
        LADING_USER: 'ada',
        LADING_PASSWORD: 'correct horse',
        LADING_REGISTRY: new URL(registry.url).host,
      }
      const { code, out, err } = await runIn(new TestWorld({ env }), line.split(' '))
      return [code, out, err]
    }
    const [code, out] = await run(`explain ${new URL(registry.url).host}/acme/app:v1 --as bob`)
    assert.equal(code, 0)
    assert.deepEqual(out.split('\n').slice(0, 4), [
      'acme/app for user:bob',
      'pull: not found (404), since nothing gives them that right, or it is not there',
      'push: refused, since nothing gives them that right (artifacts:update)',
      'may: nothing',
    ])
    assert.match(out, /^immutable by: v\*$/m)
    assert.match(out, /^quota of repositories: 1 of 2$/m)
    assert.equal(JSON.parse((await run('explain acme/app --json'))[1]).as, 'user:ada')
    const refused = await registry.api('eve', 'GET /v2/acme/app/manifests/v1')
    const found = await run(`explain --request ${refused.headers['x-request-id']}`)
    assert.match(
      found[1],
      /user:eve {2}oci-manifest.get {2}\/v2\/acme\/app\/manifests\/v1 {2}refused: name-unknown/,
    )
    assert.match(found[1], /^As it would be decided now:$/m)
    assert.match((await run('explain'))[2], /wants <ref> or --request/)
    assert.match((await run('explain acme/app --request x'))[2], /either <ref> or --request/)
  })
})
