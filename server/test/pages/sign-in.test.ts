import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { secondFactors } from '../../src/core/access/factors/tables.ts'
import { identities } from '../../src/core/access/outside-tables.ts'
import { accounts, members, namespaceRules, teamMembers } from '../../src/core/access/tables.ts'
import { OutgoingError } from '../../src/ports/outgoing/errors.ts'
import { insert } from '../../src/ports/store/change.ts'
import { allRows } from '../core/invariants.ts'
import { callerOf } from '../core/kit.ts'
import { Browser } from '../kit/browser.ts'
import {
  password,
  type SignInWorld,
  type SignInWorldOptions,
  startSignInWorld,
} from '../kit/sign-in-world.ts'

const ada = {
  preferred_username: 'Ada.L',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  email_verified: true,
}

describe('signing in with an account elsewhere', () => {
  let world: SignInWorld
  const start = async (options: Partial<SignInWorldOptions> = {}): Promise<void> => {
    world = await startSignInWorld({ people: { 'person-1': { ...ada } }, ...options })
  }
  afterEach(async () => {
    await world?.[Symbol.asyncDispose]()
  })
  const store = (): SignInWorld['registry']['composed']['store'] => world.registry.composed.store
  const text = async (answer: Response): Promise<string> => await answer.text()

  it('makes an account for who has none, by issuer and subject, and finds it again by these alone', async () => {
    await start()
    const { registry, provider } = world
    const page = await text(await new Browser().get(`${registry.url}/login?next=/r/acme/app`))
    assert.match(page, /<a href="\/sign-in\/company\?next=%2Fr%2Facme%2Fapp">The Company<\/a>/)

    const browser = new Browser()
    const answer = await world.signIn(browser, 'person-1')
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/account'])
    assert.equal(await world.who(browser), 'user:ada.l')
    const account = (await allRows(store(), accounts)).find(({ name }) => name === 'ada.l')
    assert.deepEqual(
      [account?.state, account?.title, account?.email, account?.createdBy],
      ['active', 'Ada Lovelace', 'ada@example.com', 'system:sign-in/company'],
    )
    assert.equal(account?.emailVerifiedAt, registry.clock.now())
    const rules = (await allRows(store(), namespaceRules)).find(({ namespace }) => namespace === 'ada.l')
    assert.deepEqual([rules?.owner, rules?.visibility], ['user:ada.l', 'private'])
    const linked = await allRows(store(), identities)
    assert.deepEqual(
      linked.map(({ issuer, subject, user, shown }) => [issuer, subject, user, shown]),
      [[provider.issuer, 'person-1', 'ada.l', 'Ada.L']],
    )

    // Another name, another address: the same person.
    provider.people['person-1'] = {
      preferred_username: 'countess',
      email: 'c@example.com',
      email_verified: true,
    }
    const again = new Browser()
    const second = await world.signIn(again, 'person-1', '/sign-in/company?next=/r/acme/app')
    assert.equal(second.headers.get('location'), '/r/acme/app')
    assert.equal(await world.who(again), 'user:ada.l')
    assert.equal((await allRows(store(), identities))[0]?.shown, 'countess')
  })

  it('asks for the second factor of an account that has one', async () => {
    await start()
    await world.signIn(new Browser(), 'person-1')
    const row = { user: 'ada.l', factors: 1, tries: 0, waitUntil: 0 }
    await world.registry.composed.core.ledger.keep(async () => ({
      value: undefined,
      changes: [insert(secondFactors, row)],
    }))
    const browser = new Browser()
    const answer = await world.signIn(browser, 'person-1', '/sign-in/company?next=/r/acme/app')
    assert.deepEqual(
      [answer.status, answer.headers.get('location')],
      [303, '/login/second?next=%2Fr%2Facme%2Fapp'],
    )
    assert.equal(await world.who(browser), 'anonymous')
    const page = await text(await browser.get(`${world.registry.url}/login/second`))
    assert.match(page, /<h1>Second step<\/h1>/)
  })

  it('gives nobody an account by an address or a name that is another one’s', async () => {
    await start({
      people: {
        thief: { preferred_username: 'root', email: 'root@example.com', email_verified: true },
        liar: { preferred_username: 'liar', email: 'root@example.com', email_verified: false },
      },
    })
    const { accounts: bound } = world.registry.composed.registry
    await bound.changeEmail(callerOf({ kind: 'user', name: 'root' }), 'root@example.com')
    const [thief, liar] = [new Browser(), new Browser()]
    await world.signIn(thief, 'thief')
    await world.signIn(liar, 'liar')
    assert.deepEqual([await world.who(thief), await world.who(liar)], ['user:root-2', 'user:liar'])
    const said = (await allRows(store(), accounts)).find(({ name }) => name === 'liar')
    assert.deepEqual([said?.email, said?.emailVerifiedAt], ['', 0])
  })

  it('takes no namespace that somebody’s content is in', async () => {
    await start()
    const { url } = world.registry
    const sent = await fetch(
      `${url}/v2/ada.l/app/blobs/uploads/?digest=sha256:${'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'}`,
      {
        method: 'POST',
        headers: { Authorization: `Basic ${btoa(`root:${password}`)}` },
      },
    )
    assert.equal(sent.status, 201)
    const browser = new Browser()
    await world.signIn(browser, 'person-1')
    assert.equal(await world.who(browser), 'user:ada.l-2')
  })

  it('lets in who is linked alone where no accounts are made, after their user has linked it', async () => {
    await start({ rules: { newAccounts: false } })
    const { url } = world.registry
    const stranger = new Browser()
    const refused = await world.signIn(stranger, 'person-1')
    assert.equal(refused.status, 403)
    assert.match(await text(refused), /no account here is linked with it/)
    assert.equal(await world.who(stranger), 'anonymous')

    const browser = new Browser()
    await browser.post(`${url}/login`, { name: 'root', password, next: '/' })
    const csrf = await csrfIn(browser, `${url}/account`)
    assert.equal((await browser.post(`${url}/sign-in/company`, { csrf: 'x' })).status, 403)
    const page = await browser.post(`${url}/sign-in/company`, { csrf })
    const [, address = ''] = /<a href="([^"]+)">Go on to The Company/.exec(await text(page)) ?? []
    const back = await world.signIn(browser, 'person-1', address.replaceAll('&amp;', '&'))
    assert.deepEqual([back.status, back.headers.get('location')], [303, '/account'])
    assert.match(
      await text(await browser.get(`${url}/account`)),
      /The Company<\/strong>[^<]*<span class="soft">Ada\.L/,
    )

    const other = new Browser()
    await world.signIn(other, 'person-1')
    assert.equal(await world.who(other), 'user:root')

    const [row] = await allRows(store(), identities)
    const own = await csrfIn(other, `${url}/account`)
    assert.equal((await other.post(`${url}/account/unlink`, { csrf: own, id: row?.id ?? '' })).status, 303)
    assert.equal((await world.signIn(new Browser(), 'person-1')).status, 403)
  })

  it('leaves nobody without a way in, and unlinks nobody else’s', async () => {
    await start({ people: { 'person-1': ada, 'person-2': { preferred_username: 'bob' } } })
    const { outside } = world.registry.composed.registry
    await world.signIn(new Browser(), 'person-1')
    await world.signIn(new Browser(), 'person-2')
    const rows = await allRows(store(), identities)
    const own = rows.find(({ subject }) => subject === 'person-1')
    const bob = callerOf({ kind: 'user', name: 'bob' })
    await assert.rejects(outside.unlink(bob, own?.id ?? ''), { code: 'account-unknown' })
    await assert.rejects(outside.unlink(callerOf({ kind: 'user', name: 'ada.l' }), own?.id ?? ''), {
      code: 'denied',
    })
    assert.equal((await allRows(store(), identities)).length, 2)
  })

  it('lets in those alone whose claims are right, each time', async () => {
    await start({ rules: { require: { email: ['*@example.com'], groups: ['staff'] } } })
    const { people } = world.provider
    assert.equal((await world.signIn(new Browser(), 'person-1')).status, 403)
    people['person-1'] = { ...ada, groups: ['staff', 'choir'] }
    assert.equal((await world.signIn(new Browser(), 'person-1')).status, 303)
    people['person-1'] = { ...ada, groups: ['choir'] }
    const gone = await world.signIn(new Browser(), 'person-1')
    assert.equal(gone.status, 403)
    assert.match(await text(gone), /not one of those that are let in here/)
  })

  it('puts people into the teams of their groups, and out again of those that groups have given', async () => {
    await start({ rules: { teams: { platform: ['acme/ops', 'acme/release'], ghosts: ['nobody/none'] } } })
    const { accounts: bound } = world.registry.composed.registry
    const root = callerOf({ kind: 'user', name: 'root' })
    const { core, registry } = world.registry.composed
    await bound.createOrganisation(root, { name: 'acme' })
    const { addToTeam, createTeam } = await import('../../src/core/access/teams.ts')
    const { RightsBook } = await import('../../src/core/access/rights-book.ts')
    const parts = { core, book: new RightsBook(core.store, world.registry.composed.generations) }
    for (const team of ['ops', 'release', 'choir'])
      await createTeam(parts, root, { organisation: 'acme', team })
    const teams = async (): Promise<readonly string[]> =>
      (await allRows(store(), teamMembers)).filter(({ user }) => user === 'ada.l').map(({ team }) => team)

    world.provider.people['person-1'] = { ...ada, groups: ['platform', 'ghosts', 'constructor'] }
    assert.equal((await world.signIn(new Browser(), 'person-1')).status, 303)
    assert.deepEqual((await teams()).toSorted(), ['ops', 'release'])
    assert.deepEqual(
      (await allRows(store(), members))
        .filter(({ user }) => user === 'ada.l')
        .map((row) => [row.organisation, row.membership]),
      [['acme', 'read']],
    )
    await addToTeam(parts, root, { organisation: 'acme', team: 'choir', user: 'ada.l' })
    await bound.setMember(root, { organisation: 'acme', user: 'ada.l', membership: 'write' })
    assert.equal(registry.outside.providers.length, 1)

    world.provider.people['person-1'] = { ...ada, groups: [] }
    await world.signIn(new Browser(), 'person-1')
    // What was given by hand stays.
    assert.deepEqual(await teams(), ['choir'])
    assert.equal(
      (await allRows(store(), members)).some(({ user }) => user === 'ada.l'),
      true,
    )
  })

  it('is good once, in the browser in which it was begun, for a while', async () => {
    await start()
    const { url, clock } = world.registry
    const browser = new Browser()
    const back = await world.arrive(browser, 'person-1')
    // Somebody else is made to open the address that a thief has arrived at (login CSRF).
    const victim = new Browser()
    assert.equal((await victim.get(back)).status, 401)
    await victim.get(`${url}/sign-in/company`)
    const mixed = await victim.get(back)
    assert.equal(mixed.status, 401)
    assert.equal(mixed.headers.get('www-authenticate'), null)
    assert.match(await text(mixed), /was not begun in this browser/)
    assert.equal(await world.who(victim), 'anonymous')

    const kept = browser.cookie(url, 'lading-sign-in') ?? ''
    assert.equal((await browser.get(back)).status, 303)
    assert.equal(browser.cookie(url, 'lading-sign-in'), undefined)
    browser.setCookie(url, 'lading-sign-in', kept)
    assert.equal((await browser.get(back)).status, 401)

    const slow = new Browser()
    const late = await world.arrive(slow, 'person-1')
    clock.jump(600_001)
    assert.equal((await slow.get(late)).status, 401)
  })

  it('uses a state up even where the provider would give a token for its code again', async () => {
    await start()
    const usual = world.fetch
    let first: Response | undefined
    // A provider that answers each code twice.
    world.fetch = async (to, init) => {
      if (!String(to).endsWith('/token')) return await usual(to, init)
      first ??= await usual(to, init)
      return first.clone()
    }
    const { url } = world.registry
    const browser = new Browser()
    const back = await world.arrive(browser, 'person-1')
    const kept = browser.cookie(url, 'lading-sign-in') ?? ''
    assert.equal((await browser.get(back)).status, 303)
    browser.setCookie(url, 'lading-sign-in', kept)
    const again = await browser.get(back)
    assert.equal(again.status, 401)
    assert.match(await text(again), /was used already/)
  })

  it('begins each time a session that nobody had, and goes on at this registry alone', async () => {
    await start()
    const { url } = world.registry
    const browser = new Browser()
    browser.setCookie(url, 'lading-session', 'x'.repeat(43))
    const answer = await world.signIn(browser, 'person-1', '/sign-in/company?next=//evil.example')
    assert.equal(answer.headers.get('location'), '/account')
    const session = browser.cookie(url, 'lading-session')
    assert.notEqual(session, 'x'.repeat(43))
    const again = await world.signIn(browser, 'person-1', '/sign-in/company?next=https://evil.example/')
    assert.equal(again.headers.get('location'), '/')
    assert.notEqual(browser.cookie(url, 'lading-session'), session)
  })

  it('says what went wrong: refused there, unknown here, not to be reached, not in use', async () => {
    await start()
    const { url, composed } = world.registry
    const browser = new Browser()
    const usual = world.fetch
    world.fetch = async () => await Promise.reject(new OutgoingError('unreachable', 'nobody answers'))
    const unreached = await browser.get(`${url}/sign-in/company`)
    assert.deepEqual([unreached.status, await world.who(browser)], [503, 'anonymous'])
    assert.match(await text(unreached), /The Company cannot be asked/)
    world.fetch = usual
    const back = new URL(await world.arrive(browser, 'person-1'))
    const state = back.searchParams.get('state') ?? ''
    const denied = await browser.get(`${url}/sign-in/company/callback?error=access_denied&state=${state}`)
    assert.equal(denied.status, 401)
    assert.match(await text(denied), /signing in with The Company did not work/)
    assert.equal((await browser.get(`${url}/sign-in/nobody`)).status, 404)
    assert.equal((await browser.get(`${url}/sign-in/__proto__`)).status, 404)
    await world.signIn(browser, 'person-1')
    await composed.registry.accounts.setUserState(callerOf({ kind: 'system', name: 'test' }), {
      name: 'ada.l',
      state: 'disabled',
    })
    assert.equal(await world.who(browser), 'anonymous')
    const disabled = await world.signIn(new Browser(), 'person-1')
    assert.equal(disabled.status, 403)
  })
})

async function csrfIn(browser: Browser, url: string): Promise<string> {
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(await (await browser.get(url)).text()) ?? []
  assert.notEqual(csrf, '')
  return csrf
}
