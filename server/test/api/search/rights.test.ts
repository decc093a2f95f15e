import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { bindSearch } from '../../../src/boot/compose/searching.ts'
import type { Access } from '../../../src/core/access/access.ts'
import type { KeyScope } from '../../../src/domain/grant.ts'
import type { Principal } from '../../../src/domain/principal.ts'
import { parseNamespace, parseRepositoryName } from '../../../src/domain/repository-name.ts'
import type { SightClause } from '../../../src/domain/search.ts'
import { callerOf } from '../../core/kit.ts'
import { type SearchedRegistry, startSearchedRegistry } from '../../kit/searched-registry.ts'
import { OciClient } from '../../protocols/oci/requirements/oci-client.ts'

const user = (name: string, scopes?: readonly KeyScope[]): Principal => ({
  kind: 'user',
  name,
  ...(scopes && { via: { kind: 'key', id: 'k', scopes } }),
})
const anonymous: Principal = { kind: 'anonymous' }
const [ada, bob, eve] = [user('ada'), user('bob'), user('eve')]
const everywhere = { namespace: '*', kind: '*', name: '*' }

describe('what is searched by those who have rights of their own', () => {
  let world: SearchedRegistry
  const accounts = () => world.registry.composed.registry.accounts

  /** Slugs, that all numbers and lists tell of, and of nothing else. */
  async function found(principal: Principal): Promise<readonly string[]> {
    const access = world.registry.composed.registry.access as Access
    await access.ready()
    const search = bindSearch(access, world.searching)
    const answer = await search.search(principal, {
      text: 'tool',
      limit: 50,
      countFacets: ['kind', 'namespace', 'topic'],
    })
    const slugs = answer.hits.map(({ artifact }) => artifact.slug).sort()
    assert.equal(answer.total, slugs.length)
    for (const counts of Object.values(answer.facets))
      assert.equal(
        counts.reduce((sum, { count }) => sum + count, 0),
        slugs.length,
      )
    assert.deepEqual(answer.facets.topic?.map(({ value }) => value).sort(), slugs)
    const { artifacts } = await search.suggest(principal, 'tool', 50)
    assert.deepEqual(artifacts.map(({ slug }) => slug).sort(), slugs)
    // All that was made, as decisions have it.
    for (const [slug, repository] of repositories) {
      const isReadable = access.decide(principal, 'artifacts:read', repository).allowed
      if (slugs.includes(slug)) assert.ok(isReadable, slug)
    }
    return slugs
  }

  const repositories = new Map(
    ['tool-one', 'tool-two', 'tool-open'].map((slug) => {
      const namespace = slug === 'tool-open' ? 'open' : 'acme'
      return [slug, parseRepositoryName(`persona/${namespace}/${slug}`)]
    }),
  )

  before(async () => {
    world = await startSearchedRegistry({ access: { read: 'anyone', write: [] } })
    const system = callerOf({ kind: 'system', name: 'test' })
    for (const name of ['ada', 'bob', 'eve']) {
      await accounts().createUser(system, { name })
      await accounts().setUserState(system, { name, state: 'active' })
    }
    await accounts().createOrganisation(callerOf(ada), { name: 'acme' })
    for (const [slug, repository] of repositories)
      await world.create({
        slug,
        owner: 'eve',
        namespace: parseNamespace(repository.split('/')[1] ?? ''),
        metadata: { name: slug, topics: [slug], description: 'A tool' },
      })
  })
  after(() => world[Symbol.asyncDispose]())

  it('is what members see of a namespace that is private, and nobody else', async () => {
    assert.deepEqual(await found(anonymous), ['tool-open'])
    assert.deepEqual(await found(bob), ['tool-open'])
    assert.deepEqual(await found(ada), ['tool-one', 'tool-open', 'tool-two'])
    // It is theirs, and not for them to read.
    assert.deepEqual(await found(eve), ['tool-open'])
  })

  it('is another one from the answer to a change of rights on', async () => {
    const owner = callerOf(ada)
    await accounts().setMember(owner, { organisation: 'acme', user: 'bob', membership: 'read' })
    assert.deepEqual(await found(bob), ['tool-one', 'tool-open', 'tool-two'])
    await accounts().removeMember(owner, { organisation: 'acme', user: 'bob' })
    assert.deepEqual(await found(bob), ['tool-open'])
    const grant = await accounts().giveGrant(owner, {
      to: 'user:bob',
      role: 'viewer',
      namespace: 'acme',
      kind: 'pers*',
      name: '*-two',
    })
    assert.deepEqual(await found(bob), ['tool-open', 'tool-two'])
    await accounts().takeGrant(owner, grant)
    assert.deepEqual(await found(bob), ['tool-open'])
    for (const [visibility, others, users] of [
      ['internal', ['tool-open'], ['tool-one', 'tool-open', 'tool-two']],
      ['public', ['tool-one', 'tool-open', 'tool-two'], ['tool-one', 'tool-open', 'tool-two']],
      ['private', ['tool-open'], ['tool-open']],
    ] as const) {
      await accounts().changeSettings(owner, { namespace: 'acme', change: { visibility } })
      assert.deepEqual([await found(anonymous), await found(bob)], [others, users], visibility)
    }
  })

  it('is as much as a key is good for, and what everybody finds', async () => {
    const scope = { ...everywhere, namespace: 'acme', permissions: ['artifacts:read' as const] }
    assert.deepEqual(await found(user('ada', [])), ['tool-open'])
    assert.deepEqual(await found(user('ada', [scope])), ['tool-one', 'tool-open', 'tool-two'])
    assert.deepEqual(await found(user('ada', [{ ...scope, name: 'tool-o*' }])), ['tool-one', 'tool-open'])
    assert.deepEqual(await found(user('ada', [{ ...scope, kind: 'image' }])), ['tool-open'])
    assert.deepEqual(await found(user('bob', [scope])), ['tool-open'])
  })
})

describe('what was pushed by a path that says another kind', () => {
  it('is found by whoever may read that path, whatever the artifact is', async () => {
    await using world = await startSearchedRegistry({ access: { read: 'anyone', write: 'anyone' } })
    const client = new OciClient(world.registry.url)
    const { config, ...chart } = await client.image('acme/charts/greeter')
    const mediaType = 'application/vnd.cncf.helm.config.v1+json'
    await client.putManifest('acme/charts/greeter', '0.1.0', { ...chart, config: { ...config, mediaType } })
    await world.indexed()
    const asked = { text: 'greeter', limit: 5 }
    const sights: readonly (readonly [clause: SightClause, isFound: boolean])[] = [
      [{}, true],
      [{ kinds: ['image'], names: [['charts/*']] }, true],
      [{ kinds: ['chart'] }, false],
      [{ names: [['greeter']] }, false],
      [{ namespaces: ['acme'], names: [['charts/greeter']] }, true],
      [{ exceptNamespaces: ['acme'] }, false],
    ]
    for (const [clause, isFound] of sights) {
      const { hits, total } = await world.searching.search([clause], asked)
      assert.deepEqual(
        [hits.map(({ artifact }) => artifact.kind), total],
        isFound ? [['chart'], 1] : [[], 0],
        JSON.stringify(clause),
      )
    }
  })
})
