import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AuditQuery } from '../../../src/core/audit/list-audit.ts'
import type { Caller } from '../../../src/core/ledger/caller.ts'
import { isRegistryError } from '../../../src/domain/error.ts'
import type { KeyScope } from '../../../src/domain/grant.ts'
import { callerOf } from '../kit.ts'
import { type AuditWorld, auditWorld } from './audit-world.ts'

const system = callerOf({ kind: 'system', name: 'test' })
const user = (name: string): Caller => callerOf({ kind: 'user', name })

/** Six entries: three of acme, two of beta, one of gamma, in turns; ada and beta's robot did them; one was refused. */
async function world(before: (w: AuditWorld) => Promise<void> = async () => {}): Promise<AuditWorld> {
  const w = await auditWorld()
  const { registry, core } = w.test
  await before(w)
  const change = async (caller: Caller, repository: string, target: string): Promise<void> => {
    await w.clock.advance(1000)
    await core.ledger.change(caller, async () => ({
      value: undefined,
      changes: [{ do: 'insert', table: marks, row: { name: target, at: 0 } }],
      deeds: [{ action: 'tag.move', repository, target }],
    }))
  }
  const robot = callerOf({ kind: 'robot', namespace: 'beta', name: 'ci' })
  await change(user('ada'), 'acme/app', 'a1')
  await change(robot, 'beta/app', 'b1')
  await change(user('ada'), 'acme/app', 'a2')
  await change(user('ada'), 'gamma/app', 'c1')
  await change(user('ada'), 'acme/tool', 'a3')
  await w.clock.advance(1000)
  registry.audit.refused({
    ...{ by: 'user:eve', via: '', address: '192.0.2.9', action: 'oci-manifest.put' },
    ...{ repository: 'beta/app', target: 'b2', code: 'denied', requestId: 'r' },
  })
  await w.test.refusals.flush()
  return w
}

const marks = (await import('../../../src/core/content/tables.ts')).marks as never

async function targets(w: AuditWorld, caller: Caller, query: Partial<AuditQuery> = {}): Promise<string[]> {
  const found: string[] = []
  let after: string | undefined
  do {
    const page = await w.test.registry.audit.list(caller, {
      limit: 2,
      ...query,
      ...(after !== undefined && { after }),
    })
    assert.ok(page.entries.length <= 2)
    found.push(...page.entries.map(({ target }) => target))
    after = page.next
  } while (after !== undefined)
  return found
}

describe('what was done', () => {
  test('is listed the newest first, or the oldest, a page at a time, by whatever it is asked for', async () => {
    await using w = await world()
    const all = ['b2', 'a3', 'c1', 'a2', 'b1', 'a1']
    const start = (await w.entries()).map(({ at }) => at).sort((a, b) => a - b)[0] ?? 0
    const cases: readonly (readonly [Partial<AuditQuery>, readonly string[]])[] = [
      [{}, all],
      [{ oldestFirst: true }, all.toReversed()],
      [{ actor: 'ada' }, ['a3', 'c1', 'a2', 'a1']],
      [{ actor: 'user:ada', artifact: 'acme/app' }, ['a2', 'a1']],
      [{ actor: 'robot:beta/ci' }, ['b1']],
      [{ actor: 'nobody' }, []],
      [{ artifact: 'acme/tool' }, ['a3']],
      [{ namespace: 'beta' }, ['b2', 'b1']],
      [{ action: 'tag.move', namespace: 'gamma' }, ['c1']],
      [{ action: 'tag.move' }, ['a3', 'c1', 'a2', 'b1', 'a1']],
      [{ outcome: 'refused' }, ['b2']],
      [{ outcome: 'done', namespace: 'beta' }, ['b1']],
      [{ from: start + 1000, to: start + 3000 }, ['c1', 'a2', 'b1']],
      [{ from: start + 1000, to: start + 3000, oldestFirst: true }, ['b1', 'a2', 'c1']],
      [{ actor: 'ada', from: start + 1, to: start + 4000 }, ['a3', 'c1', 'a2']],
      [{ from: start + 9000 }, []],
    ]
    for (const [query, wanted] of cases)
      assert.deepEqual(await targets(w, system, query), wanted, JSON.stringify(query))
    await w.seal()
    for (const [query, wanted] of cases) assert.deepEqual(await targets(w, system, query), wanted)
  })

  test('is not there for who may not read it', async () => {
    await using w = await world(async ({ test: { registry } }) => {
      for (const name of ['ada', 'bob', 'cy', 'dan', 'eve', 'audrey'])
        await registry.accounts.createUser(system, { name })
      await registry.accounts.createOrganisation(user('ada'), { name: 'acme' })
    })
    const { accounts } = w.test.registry
    await accounts.setMember(user('ada'), { organisation: 'acme', user: 'bob', membership: 'admin' })
    await accounts.setMember(user('ada'), { organisation: 'acme', user: 'cy', membership: 'write' })
    const grant = { role: 'admin', namespace: '*', kind: '*', name: '*' }
    await accounts.giveGrant(system, { ...grant, to: 'user:audrey' })
    await accounts.giveGrant(system, { ...grant, to: 'user:dan', namespace: 'beta' })
    const scope = (namespace: string): KeyScope => ({
      permissions: ['audit:read'],
      namespace,
      kind: '*',
      name: '*',
    })
    const withKey = (name: string, ...scopes: KeyScope[]): Caller =>
      callerOf({ kind: 'user', name, via: { kind: 'key', id: 'k', scopes } })
    const ofAcme = ['a3', 'a2', 'a1']
    const all = ['b2', 'a3', 'c1', 'a2', 'b1', 'a1']
    const cases: readonly (readonly [string, Caller, readonly string[] | 'denied' | 'unauthenticated'])[] = [
      ['the operator', system, all],
      ['an admin', user('audrey'), all],
      ['an owner', user('ada'), ofAcme],
      ['an admin of the organisation', user('bob'), ofAcme],
      ['a writer', user('cy'), []],
      ['whoever has it in one namespace', user('dan'), ['b2', 'b1']],
      ['a stranger', user('eve'), []],
      ['an admin with a key for one namespace', withKey('audrey', scope('gamma')), ['c1']],
      [
        'an admin with a key for something else',
        withKey('audrey', { ...scope('*'), permissions: ['artifacts:read'] }),
        'denied',
      ],
      ['an owner with a key that goes beyond', withKey('ada', scope('*')), ofAcme],
      ['anybody', callerOf({ kind: 'anonymous' }), 'unauthenticated'],
      ['a robot', callerOf({ kind: 'robot', namespace: 'acme', name: 'ci' }), 'denied'],
    ]
    for (const [who, caller, wanted] of cases) {
      const of = { actor: 'ada' }
      const found = await targets(w, caller).then(
        (seen) => seen.filter((target) => all.includes(target)),
        (error: unknown) => (isRegistryError(error) ? error.code : String(error)),
      )
      assert.deepEqual(found, wanted, who)
      if (typeof wanted === 'string') continue
      const ofAda = (await targets(w, caller, of)).filter((target) => all.includes(target))
      assert.deepEqual(
        ofAda,
        wanted.filter((target) => !target.startsWith('b')),
        who,
      )
      const elsewhere = await targets(w, caller, { namespace: 'gamma' })
      assert.deepEqual(
        elsewhere,
        wanted.filter((target) => target === 'c1'),
        who,
      )
    }
    for (const [who, caller, wanted] of cases) {
      const wholly = wanted === all || who === 'the operator' ? 'ok' : 'refused'
      for (const work of [
        () => w.test.registry.audit.heads(caller, 10),
        () => w.test.registry.audit.verify(caller, {}),
      ]) {
        const ended = await work().then(
          () => 'ok',
          () => 'refused',
        )
        assert.equal(ended, wholly, who)
      }
    }
  })

  test('that takes long to look for comes in short pages, which say where to go on', async () => {
    await using w = await auditWorld('memory', { rules: { audit: { scannedEntries: 50 } } })
    await w.done(300)
    await w.done(1, 'beta')
    const list = (after?: string) =>
      w.test.registry.audit.list(system, {
        actor: 'ada',
        namespace: 'beta',
        oldestFirst: true,
        limit: 10,
        ...(after !== undefined && { after }),
      })
    let pages = 0
    let page = await list()
    for (; page.next !== undefined && page.entries.length === 0; pages++) page = await list(page.next)
    assert.equal(page.entries[0]?.namespace, 'beta')
    assert.equal(pages, 6)
  })

  test('refuses what is no place or no number', async () => {
    await using w = await auditWorld()
    for (const query of [{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { limit: 1, after: 'x' }])
      await assert.rejects(w.test.registry.audit.list(system, query), { code: 'parameter-invalid' })
  })
})
