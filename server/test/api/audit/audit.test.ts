import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openPasswords } from '../../../src/adapters/identity/shared/open-passwords.ts'
import { passwords } from '../../../src/core/access/tables.ts'
import { sealAudit } from '../../../src/core/audit/seal.ts'
import { chainStart, entryHash } from '../../../src/domain/audit-chain.ts'
import { insert } from '../../../src/ports/store/change.ts'
import { callerOf } from '../../core/kit.ts'
import { type Answer, ask } from '../../kit/http-client.ts'
import { startTestRegistry, type TestRegistry } from '../../kit/test-registry.ts'

const system = callerOf({ kind: 'system', name: 'test' })
const hour = 3_600_000

describe('what was done, by the API', () => {
  let registry: TestRegistry
  before(async () => {
    registry = await startTestRegistry({ access: { read: [], write: [] } })
    const { core, registry: bound } = registry.composed
    const hasher = openPasswords({ cost: { m: 64, t: 1, p: 1 } })
    for (const name of ['ada', 'eve', 'audrey']) {
      await bound.accounts.createUser(system, { name })
      await bound.accounts.setUserState(system, { name, state: 'active' })
      const hash = await hasher.hash('correct horse')
      await core.ledger.keep(async () => ({
        value: undefined,
        changes: [insert(passwords, { user: name, hash, changedAt: 0 })],
      }))
    }
    await bound.accounts.giveGrant(system, {
      ...{ to: 'user:audrey', role: 'admin' },
      ...{ namespace: '*', kind: '*', name: '*' },
    })
  })
  after(async () => {
    await registry?.[Symbol.asyncDispose]()
  })

  const get = async (path: string, who = '', password = 'correct horse'): Promise<Answer> =>
    await ask(registry.url, { path, ...(who !== '' && { auth: `${who}:${password}` }) })
  const written = async (): Promise<void> => await registry.composed.refusals.flush()
  // biome-ignore lint/suspicious/noExplicitAny: what a test says of it fails where it is otherwise
  const refused = async (query = ''): Promise<any[]> => {
    await written()
    return (await get(`/api/v1/audit?outcome=refused${query}`, 'audrey')).json().entries
  }

  it('says who may not, with what they asked for, by whichever door and whatever they were told', async () => {
    const upload = (who: string): Promise<Answer> =>
      ask(registry.url, {
        method: 'POST',
        path: '/v2/ada/app/blobs/uploads/',
        ...(who !== '' && { auth: `${who}:correct horse` }),
      })
    const answers = [
      await upload('eve'),
      await upload(''),
      await get('/v2/ada/app/manifests/v1', 'eve'),
      await get('/v2/ada/app/manifests/v1'),
      await get('/v2/ada/app/manifests/v1', 'ada', 'wrong'),
      await get('/v2/', 'nobody', 'wrong'),
      await get('/v2/'),
      await get('/api/v1/audit'),
      await get('/api/v1/audit/heads', 'eve'),
      await get('/api/v1/me/keys'),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [403, 401, 404, 401, 401, 401, 401, 401, 403, 401],
    )
    const entries = await refused()
    const shown = entries.map(({ by, via, action, repository, target, code, namespace, times }) =>
      [by, via, action, repository, target, code, namespace, times].join(' '),
    )
    assert.deepEqual(shown.sort(), [
      'anonymous  audit.get  /api/v1/audit unauthenticated  1',
      'anonymous  login  user:ada unauthenticated  1',
      'anonymous  login  user:nobody unauthenticated  1',
      'anonymous  oci-manifest.get ada/app /v2/ada/app/manifests/v1 unauthenticated ada 1',
      'anonymous  oci-uploads.post ada/app /v2/ada/app/blobs/uploads/ unauthenticated ada 1',
      'anonymous  own-keys.get  /api/v1/me/keys unauthenticated  1',
      'user:eve password audit-heads.get  /api/v1/audit/heads denied  1',
      'user:eve password oci-manifest.get ada/app /v2/ada/app/manifests/v1 name-unknown ada 1',
      'user:eve password oci-uploads.post ada/app /v2/ada/app/blobs/uploads/ denied ada 1',
    ])
    const ids = new Set(entries.map(({ requestId }) => requestId))
    assert.ok(ids.has(answers[0]?.headers['x-request-id']))
    assert.ok(entries.every(({ address }) => address === '127.0.0.1'))
  })

  it('shows each what is theirs, in pages', async () => {
    const mine = (await get('/api/v1/audit?limit=1', 'ada')).json()
    assert.equal(mine.entries.length, 1)
    assert.equal(mine.entries[0].namespace, 'ada')
    const seen: string[] = []
    for (let next: string | undefined = ''; next !== undefined; ) {
      const page = (await get(`/api/v1/audit?limit=1${next && `&after=${next}`}`, 'ada')).json()
      seen.push(...page.entries.map(({ namespace }: { namespace: string }) => namespace))
      next = page.next
    }
    assert.deepEqual(new Set(seen), new Set(['ada']))
    assert.deepEqual((await get('/api/v1/audit?artifact=ada/app', 'eve')).json(), { entries: [] })
    const ofEve = (await get('/api/v1/audit?actor=eve&artifact=ada/app', 'audrey')).json().entries
    assert.equal(ofEve.length, 2)
    for (const query of ['actr=x', 'limit=0', 'outcome=maybe', 'from=yesterday', 'after=x'])
      assert.equal((await get(`/api/v1/audit?${query}`, 'audrey')).status, 400, query)
  })

  it('is exported as lines, from which anybody can make the chain again, and verified', async () => {
    await written()
    await sealAudit(registry.composed.core, { headInterval: hour }, new AbortController().signal)
    const exported = await get('/api/v1/audit/export', 'audrey')
    assert.deepEqual([exported.status, exported.headers['content-type']], [200, 'application/x-ndjson'])
    const lines = exported
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.ok(lines.length >= 12)
    let hash = chainStart
    for (const { seq, hash: told, at, ...entry } of lines.sort((a, b) => a.seq - b.seq)) {
      assert.equal(Number.isInteger(seq), true)
      hash = entryHash(hash, { ...entry, at: Date.parse(at) })
      assert.equal(told, hash)
    }
    const report = (await get('/api/v1/audit/verify', 'audrey')).json()
    assert.deepEqual([report.sound, report.hash, report.last], [true, hash, lines.length])
    const { key, heads } = (await get('/api/v1/audit/heads', 'audrey')).json()
    assert.match(key.publicKey, /^-----BEGIN PUBLIC KEY-----/)
    assert.deepEqual([heads[0].hash, heads[0].key], [hash, key.id])
    const unlike = await get(`/api/v1/audit/verify?expect=1:${'f'.repeat(64)}`, 'audrey')
    assert.deepEqual([unlike.status, unlike.json().sound], [200, false])
    assert.equal((await get('/api/v1/audit/verify?expect=1', 'audrey')).status, 400)
    for (const path of ['export', 'heads', 'verify']) {
      assert.equal((await get(`/api/v1/audit/${path}`)).status, 401, path)
      const status = path === 'export' ? 200 : 403
      assert.equal((await get(`/api/v1/audit/${path}`, 'eve')).status, status, path)
    }
    const ofEve = (await get('/api/v1/audit/export', 'eve')).text()
    assert.ok(!ofEve.includes('"namespace":"ada"'))
  })
})
