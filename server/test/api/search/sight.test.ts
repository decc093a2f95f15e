import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { CreateArtifact } from '../../../src/core/authoring/create-artifact.ts'
import { searchFacets } from '../../../src/domain/search.ts'
import { callerOf } from '../../core/kit.ts'
import { ask } from '../../kit/http-client.ts'
import { type SearchedRegistry, startSearchedRegistry } from '../../kit/searched-registry.ts'

/** Wes may change whatever there is. */
const users = { ada: 'owns', eve: 'looks', rita: 'reads', wes: 'writes' }

/** What stands in whatever nobody but Ada and Wes may see, and nowhere else. */
const secret = {
  name: 'Quixotic launcher',
  description: 'Launches the zeppelin of project moonbeam',
  author: 'Hidden Author',
  organization: 'Hidden Org',
  license: 'Hidden-License',
  language: 'Hiddenlang',
  category: 'hidden-category',
  topics: ['zeppelins'],
  skills: [{ name: 'Hiding' }],
  capabilities: ['hide'],
  keywords: ['zeppelin-keyword'],
  repository: 'https://git.example/zeppelin',
  homepage: 'https://zeppelin.example',
  platformVersion: '>=77.0.0',
}

const hiddenOnes: Readonly<Record<string, Partial<CreateArtifact>>> = {
  private: { visibility: 'private' },
  unlisted: { visibility: 'unlisted' },
  'a draft': { published: false },
  'a private draft': { visibility: 'private', published: false },
}

/** Everything that somebody may ask to learn of something: text that is hidden, in all its spellings, and terms. */
const questions = [
  ...[
    'zeppelin',
    'zepelin',
    'zeppelins',
    'zep*',
    'quixotic',
    'quixotc',
    '"project moonbeam"',
    'zeppelin side',
  ],
  ...['license:Hidden-License', 'author:"Hidden Author"', 'downloads:0'],
  ...['tool', 'sourcesecret', 'acme/quixotic-launcher', ''],
]

let world: SearchedRegistry

/** All that the doors say to somebody of all of these, as it is but for what every answer has of its own. */
async function toldTo(auth: string | undefined): Promise<Record<string, unknown>> {
  const told: Record<string, unknown> = {}
  const asking = auth === undefined ? {} : { auth }
  for (const question of questions) {
    const q = encodeURIComponent(question)
    for (const path of [
      `/api/v1/search?q=${q}&facets=all&explain=true`,
      `/api/v1/search?q=${q}&asTyped=true&sort=name&limit=1`,
      `/api/v1/search?q=${q}&sort=created&page=2&pageSize=1`,
      `/api/v1/suggest?q=${q}`,
      `/?q=${q}`,
    ]) {
      const answer = await ask(world.url, { path, ...asking })
      assert.ok(answer.status < 500, `${path}: ${answer.text()}`)
      told[path] = answer.text().replaceAll(/"requestId":"[^"]*"/g, '')
    }
  }
  for (const facet of searchFacets)
    told[facet] = (await ask(world.url, { path: `/api/v1/search?facets=${facet}&limit=0`, ...asking })).text()
  return told
}

function assertSame(now: readonly Record<string, unknown>[], then: readonly Record<string, unknown>[]): void {
  for (const [at, told] of now.entries())
    for (const [path, answer] of Object.entries(told)) assert.equal(answer, then[at]?.[path], path)
}

before(async () => {
  world = await startSearchedRegistry({ users, access: { read: 'anyone', write: ['wes'] } })
  for (const slug of ['plain-tool', 'other-tool'])
    await world.create({ slug, owner: 'eve', metadata: { name: slug, description: 'A tool on the side' } })
})
after(() => world[Symbol.asyncDispose]())

describe('what one may not see', () => {
  for (const [what, given] of Object.entries(hiddenOnes))
    it(`leaves no trace in anything that anybody else is told: ${what}`, async () => {
      const others = [undefined, 'eve:looks']
      const before = await Promise.all(others.map(toldTo))
      const made = await world.create({
        slug: 'quixotic-launcher',
        metadata: secret,
        source: 'sourcesecret of the zeppelin',
        ...given,
      })
      const after = await Promise.all(others.map(toldTo))
      assertSame(after, before)
      for (const who of ['ada:owns', 'wes:writes']) {
        const own = await toldTo(who)
        assert.match(String(own['/api/v1/search?q=zeppelin&facets=all&explain=true']), /"total":1,/)
        assert.match(String(own['/api/v1/suggest?q=quixotic']), /Quixotic launcher/)
        assert.match(String(own['/?q=zeppelin']), /Quixotic launcher/)
      }
      const { artifacts } = world.registry.composed.registry
      await artifacts.delete(callerOf(), made.id)
      await artifacts.purge(callerOf(), made.id)
      await world.indexed()
      assertSame(await Promise.all(others.map(toldTo)), before)
    })

  it('leaves no trace in anything that anybody else is told: a draft of what is published', async () => {
    const { artifacts } = world.registry.composed.registry
    const metadata = { name: 'Ada tool', description: 'A tool of hers' }
    const { id } = await world.create({ slug: 'ada-tool', metadata, source: 'plain source' })
    const others = [undefined, 'eve:looks']
    const before = await Promise.all(others.map(toldTo))
    const draft = { metadata: secret, source: 'sourcesecret of the zeppelin', published: false }
    await artifacts.update(callerOf(), { id, version: '1.1.0', ...draft })
    await world.indexed()
    assertSame(await Promise.all(others.map(toldTo)), before)
    await artifacts.publish(callerOf(), { id, version: '1.1.0' })
    await world.indexed()
    const [now] = await Promise.all(others.map(toldTo))
    assert.match(String(now?.['/api/v1/search?q=zeppelin&facets=all&explain=true']), /"version":"1.1.0"/)
    await artifacts.update(callerOf(), { id, visibility: 'private' })
    await world.indexed()
    const [after] = await Promise.all(others.map(toldTo))
    for (const [path, told] of Object.entries(after ?? {})) {
      // What was asked for is said again.
      const said = String(told).replaceAll(
        /<title>.*<\/title>|<h1>.*<\/h1>|(href|value)="[^"]*"|"text":"[^"]*"/g,
        '',
      )
      assert.doesNotMatch(
        said,
        /zeppelin|moonbeam|hidden.?(author|org|license|lang|category)|sourcesecret/i,
        path,
      )
    }
  })

  it('is nothing to who may not read, and asks who might', async () => {
    await using closed = await startSearchedRegistry({ users, access: { read: ['rita'], write: ['ada'] } })
    await closed.create({ slug: 'tool', metadata: { name: 'Tool' } })
    for (const path of ['/api/v1/search?q=tool', '/api/v1/suggest?q=tool', '/?q=tool']) {
      const refused = await ask(closed.url, { path })
      assert.deepEqual([refused.status, refused.text().includes('persona')], [401, false])
      assert.match(String(refused.headers['www-authenticate']), /^Basic /)
      assert.match(refused.text(), /log in to search/)
      assert.equal((await ask(closed.url, { path, auth: 'rita:wrong' })).status, 401)
      assert.match((await ask(closed.url, { path, auth: 'rita:reads' })).text(), /Tool/)
    }
    const { hits, total, facets } = (
      await ask(closed.url, { path: '/api/v1/search?q=tool&facets=all', auth: 'eve:looks' })
    ).json()
    assert.deepEqual([hits, total, facets.kind], [[], 0, []])
    const { artifacts } = (
      await ask(closed.url, { path: '/api/v1/suggest?q=tool', auth: 'eve:looks' })
    ).json()
    assert.deepEqual(artifacts, [])
    const page = await ask(closed.url, { path: '/?q=tool', auth: 'eve:looks' })
    assert.deepEqual([page.status, page.text().includes('persona')], [200, false])
  })
})
