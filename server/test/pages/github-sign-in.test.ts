import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { identities } from '../../src/core/access/outside-tables.ts'
import { accounts } from '../../src/core/access/tables.ts'
import { allRows } from '../core/invariants.ts'
import { Browser } from '../kit/browser.ts'
import { type GithubStandIn, startGithub } from '../kit/github-stand-in.ts'
import { type SignInWorld, startSignInWorld } from '../kit/sign-in-world.ts'

const client = { id: 'lading', secret: 'a secret of lading' }

describe('signing in with GitHub', () => {
  let github: GithubStandIn
  let world: SignInWorld
  beforeEach(async () => {
    github = await startGithub(client)
    world = await startSignInWorld({
      people: {},
      rules: {
        ...{ type: 'github', title: 'GitHub', issuer: github.url, api: `${github.url}/api/v3` },
        scopes: ['read:user', 'user:email', 'read:org'],
        require: { groups: ['acme', 'acme/platform'] },
      },
    })
  })
  afterEach(async () => {
    await world?.[Symbol.asyncDispose]()
    await github?.[Symbol.asyncDispose]()
  })
  const ada = { id: 17, login: 'Ada', name: 'Ada Lovelace', orgs: ['acme'] }

  it('knows people by their number, whatever they are called later', async () => {
    const { store } = world.registry.composed
    github.next = {
      ...ada,
      emails: [
        { email: 'old@example.com', primary: false, verified: true },
        { email: 'ada@example.com', primary: true, verified: true },
      ],
    }
    const browser = new Browser()
    assert.equal((await world.signIn(browser, '')).status, 303)
    assert.equal(await world.who(browser), 'user:ada')
    const account = (await allRows(store, accounts)).find(({ name }) => name === 'ada')
    assert.deepEqual([account?.title, account?.email], ['Ada Lovelace', 'ada@example.com'])
    assert.deepEqual(
      (await allRows(store, identities)).map(({ issuer, subject, shown }) => [issuer, subject, shown]),
      [[github.url, '17', 'Ada']],
    )
    // Their old name is another person's now.
    github.next = { ...ada, id: 18 }
    const other = new Browser()
    await world.signIn(other, '')
    assert.equal(await world.who(other), 'user:ada-2')
    github.next = { ...ada, login: 'countess' }
    const again = new Browser()
    await world.signIn(again, '')
    assert.equal(await world.who(again), 'user:ada')
  })

  it('takes no address that nobody has verified', async () => {
    github.next = { ...ada, emails: [{ email: 'root@example.com', primary: true, verified: false }] }
    await world.signIn(new Browser(), '')
    const account = (await allRows(world.registry.composed.store, accounts)).find(
      ({ name }) => name === 'ada',
    )
    assert.deepEqual([account?.email, account?.emailVerifiedAt], ['', 0])
  })

  it('lets in members of the organisation, or of a team, though they are in many, and nobody else', async () => {
    const many = Array.from({ length: 250 }, (_, at) => `org-${at}`)
    github.next = { id: 2, login: 'eve', orgs: many, teams: ['evil/platform'] }
    assert.equal((await world.signIn(new Browser(), '')).status, 403)
    github.next = { id: 2, login: 'eve', orgs: [...many, 'acme'] }
    assert.equal((await world.signIn(new Browser(), '')).status, 303)
    github.next = { id: 3, login: 'bob', teams: ['acme/platform'] }
    assert.equal((await world.signIn(new Browser(), '')).status, 303)
  })

  it('asks for no token with another browser’s code, and gets none for one that was used', async () => {
    github.next = ada
    const { url } = world.registry
    const browser = new Browser()
    const back = await world.arrive(browser, '')
    const victim = new Browser()
    await victim.get(`${url}/sign-in/company`)
    assert.equal((await victim.get(back)).status, 401)
    assert.equal(github.given, 0)
    // The state is the victim's own, the code the thief's: PKCE says that it is of another attempt (RFC 9700, 4.5).
    const [own, stolen] = [new URL(await world.arrive(victim, '')), new URL(back)]
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '')
    assert.equal((await victim.get(own.href)).status, 401)
    assert.equal(github.given, 0)
    assert.equal((await browser.get(back)).status, 401)
    assert.equal(await world.who(victim), 'anonymous')
  })
})
