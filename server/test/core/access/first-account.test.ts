import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeAdministrator } from '../../../src/core/access/make-administrator.ts'
import { requireLink } from '../../../src/core/access/one-time-links.ts'
import { beginSetUp } from '../../../src/core/access/set-up.ts'
import { accounts, grants, namespaceRules, oneTimeLinks, passwords } from '../../../src/core/access/tables.ts'
import { auditEntries } from '../../../src/core/ledger/tables.ts'
import { parseRepositoryName } from '../../../src/domain/repository-name.ts'
import { allRows } from '../invariants.ts'
import { type TestCore, testCore } from '../kit.ts'

const hash = '$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const hour = 3_600_000

describe('the administrator of the configuration', () => {
  it('is the first account, once, with everything, and stands in the log as one of a link does', async () => {
    await using test = await testCore({ rules: { access: { read: 'anyone', write: [] } } })
    const { core, registry } = test
    assert.equal(await makeAdministrator(core, { name: 'root', hash }), 'made')
    const [account] = await allRows(core.store, accounts)
    assert.deepEqual(
      [account?.name, account?.kind, account?.state, account?.createdBy],
      ['root', 'user', 'active', 'system:setup'],
    )
    assert.deepEqual(
      (await allRows(core.store, passwords)).map((row) => [row.user, row.hash]),
      [['root', hash]],
    )
    assert.deepEqual(
      (await allRows(core.store, namespaceRules)).map((row) => [row.namespace, row.owner]),
      [['root', 'user:root']],
    )
    await registry.access.ready()
    const root = { kind: 'user', name: 'root' } as const
    registry.access.authorize(root, 'artifacts:delete', parseRepositoryName('acme/app'))
    assert.deepEqual(await deeds(test), ['system:setup account.create user:root'])

    const before = await allRows(core.store, passwords)
    assert.equal(await makeAdministrator(core, { name: 'root', hash: hash.replace('AAEC', 'BBEC') }), 'known')
    assert.equal(await makeAdministrator(core, { name: 'eve', hash }), 'unknown')
    assert.deepEqual(await allRows(core.store, passwords), before)
    assert.equal((await allRows(core.store, accounts)).length, 1)
    assert.equal((await deeds(test)).length, 1)
  })

  it('is one, however many processes start at once', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      await using test = await testCore({ seed })
      const names = ['ann', 'bob', 'cy', 'dee', 'ann', 'bob', 'cy', 'dee']
      const made = await Promise.all(names.map((name) => makeAdministrator(test.core, { name, hash })))
      const people = await allRows(test.core.store, accounts)
      assert.equal(people.length, 1, people.map(({ name }) => name).join())
      const [first] = people
      assert.deepEqual(
        made.toSorted(),
        ['known', 'made', ...names.filter((name) => name !== first?.name).map(() => 'unknown')].toSorted(),
      )
      assert.equal((await allRows(test.core.store, grants)).length, 1)
      assert.equal((await deeds(test)).length, 1)
    }
  })

  it('has the name of an account', async () => {
    await using test = await testCore()
    await assert.rejects(makeAdministrator(test.core, { name: 'library', hash }), { code: 'account-invalid' })
    assert.deepEqual(await allRows(test.core.store, accounts), [])
  })
})

describe('links for the first account', () => {
  const isGood = async ({ core }: TestCore, token: string | undefined): Promise<boolean> => {
    assert.ok(token !== undefined)
    return await requireLink(core, token, ['setup']).then(
      () => true,
      (error: { code?: string }) => {
        assert.equal(error.code, 'link-invalid')
        return false
      },
    )
  }

  it('are good for a day, and of many the newest few', async () => {
    await using test = await testCore()
    const { core, clock } = test
    const links: (string | undefined)[] = []
    for (let at = 0; at < 7; at++) {
      links.push(await beginSetUp(core))
      await clock.advance(1_000)
    }
    const good = await Promise.all(links.map((link) => isGood(test, link)))
    assert.deepEqual(good, [false, false, true, true, true, true, true])
    await clock.advance(24 * hour - 1_001)
    assert.equal(await isGood(test, links.at(-1)), true)
    await clock.advance(1)
    assert.equal(await isGood(test, links.at(-1)), false)
  })

  it('end where one is made alone, and with the first account', async () => {
    await using test = await testCore()
    const { core } = test
    const [first, second] = [await beginSetUp(core), await beginSetUp(core)]
    const alone = await beginSetUp(core, { alone: true })
    assert.deepEqual(
      [await isGood(test, first), await isGood(test, second), await isGood(test, alone)],
      [false, false, true],
    )
    assert.equal((await allRows(core.store, oneTimeLinks)).length, 1)
    assert.equal(await makeAdministrator(core, { name: 'root', hash }), 'made')
    assert.equal(await beginSetUp(core), undefined)
    assert.equal(await beginSetUp(core, { alone: true }), undefined)
  })
})

async function deeds({ core }: TestCore): Promise<readonly string[]> {
  return (await allRows(core.store, auditEntries)).map(
    ({ by, action, target }) => `${by} ${action} ${target}`,
  )
}
