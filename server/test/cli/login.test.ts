import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { keys } from '../../src/core/access/tables.ts'
import { allRows } from '../core/invariants.ts'
import { callerOf } from '../core/kit.ts'
import { Browser } from '../kit/browser.ts'
import { password, type SignInWorld, startSignInWorld } from '../kit/sign-in-world.ts'
import { until } from '../kit/until.ts'
import { runIn } from './run-line.ts'
import { standInRegistry } from './stand-in-registry.ts'
import { TestWorld } from './test-world.ts'

describe('logging in by a browser', () => {
  let world: SignInWorld
  let folder: string
  let host: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lading-login-'))
    world = await startSignInWorld({ people: {} })
    host = new URL(world.registry.url).host
  })
  after(async () => {
    await world?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('gets a key that commands use, and gives it up again', async () => {
    const { accounts } = world.registry.composed.registry
    const { store } = world.registry.composed
    await accounts.giveGrant(callerOf({ kind: 'system', name: 'test' }), {
      ...{ to: 'user:root', role: 'admin', namespace: '*', kind: '*', name: '*' },
    })
    const file = join(folder, 'deep', 'credentials.json')
    const env = { LADING_CREDENTIALS: file }
    const terminal = new TestWorld({ env })
    const running = runIn(terminal, ['login', host, '--label', 'a test'])
    await until(async () => terminal.complained.length > 0)
    const [, page = '', code = ''] =
      /Open (\S+)[\s\S]*the code (\S+)\./.exec(terminal.complained[0] ?? '') ?? []
    const browser = new Browser()
    await browser.post(`${world.registry.url}/login`, { name: 'root', password, next: '/' })
    const shown = await (await browser.get(page)).text()
    assert.match(shown, /calls itself <strong>a test<\/strong>/)
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(shown) ?? []
    await browser.post(`${world.registry.url}/device`, { csrf, user_code: code, decision: 'allow' })
    const { code: ended, out, err } = await running
    assert.deepEqual([ended, out, err.split('\n').at(-1)], [0, '', `You are root at ${host}.`])
    const kept = JSON.parse(await readFile(file, 'utf8'))
    assert.deepEqual([Object.keys(kept), kept[host].user], [[host], 'root'])
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.equal((await stat(join(folder, 'deep'))).mode & 0o777, 0o700)

    const history = await runIn(new TestWorld({ env }), ['tag', 'history', `${host}/root/app:v1`])
    assert.equal(history.code, 1)
    assert.match(history.err, /404/)
    const stranger = await runIn(new TestWorld(), ['tag', 'history', `${host}/root/app:v1`])
    assert.match(stranger.err, /lading login/)

    assert.equal((await allRows(store, keys)).length, 1)
    const logout = await runIn(new TestWorld({ env }), ['logout', host])
    assert.deepEqual([logout.code, logout.err], [0, `You are logged out at ${host}.`])
    assert.deepEqual([await allRows(store, keys), JSON.parse(await readFile(file, 'utf8'))], [[], {}])
    const again = await runIn(new TestWorld({ env }), ['logout', host])
    assert.deepEqual([again.code, again.err.includes('nobody is logged in')], [1, true])
  })

  it('waits as long as it is told, prints the key for others, and says what was decided', async () => {
    const begun = {
      ...{ device_code: 'd', user_code: 'BCDF-GHJK', verification_uri_complete: 'http://x/device' },
      ...{ verification_uri_complete: 'http://x/device?user_code=BCDF-GHJK', expires_in: 60, interval: 0.01 },
    }
    const answered = (body: object, status = 200): [number, Record<string, string>, string] => [
      status,
      {},
      JSON.stringify(body),
    ]
    await using registry = await standInRegistry({
      'POST /oauth/device': answered(begun),
      'POST /oauth/token': answered({
        access_token: 'lading_x',
        key_id: 'k',
        user: 'ada',
        token_type: 'Bearer',
      }),
    })
    const args = ['login', registry.host, '--permissions', 'artifacts:read,tags:move', '--print']
    const printed = await runIn(new TestWorld(), args)
    assert.deepEqual([printed.code, printed.out], [0, 'lading_x'])

    await using refusing = await standInRegistry({
      'POST /oauth/device': answered(begun),
      'POST /oauth/token': answered({ error: 'access_denied', error_description: 'it was not let in' }, 400),
    })
    const refused = await runIn(new TestWorld(), ['login', refusing.host, '--print'])
    assert.deepEqual([refused.code, refused.out], [1, ''])
    assert.match(refused.err, /it was not let in/)
  })

  it('takes the registry that other commands ask, where none is named', async () => {
    const begun = { device_code: 'd', user_code: 'BCDF-GHJK', verification_uri_complete: 'http://x/device' }
    await using registry = await standInRegistry({
      'POST /oauth/device': () => [200, {}, JSON.stringify({ ...begun, expires_in: 60, interval: 0.01 })],
      'POST /oauth/token': () => [
        400,
        {},
        '{"error":"access_denied","error_description":"it was not let in"}',
      ],
    })
    const env = { LADING_REGISTRY: registry.host, LADING_CREDENTIALS: join(folder, 'none.json') }
    const refused = await runIn(new TestWorld({ env }), ['login'])
    assert.match(refused.err, /BCDF-GHJK[\s\S]*it was not let in/)
    const out = await runIn(new TestWorld({ env }), ['logout'])
    assert.ok(out.err.includes(`nobody is logged in at ${registry.host}`), out.err)
  })

  it('says what it does not understand, and spoils no file of somebody else', async () => {
    for (const [line, said] of [
      [['login', 'a/b'], /wants host\[:port\]/],
      [['login', host, '--permissions', 'all'], /knows no "all"/],
    ] as const) {
      const { code, err } = await runIn(new TestWorld(), line)
      assert.equal(code, 2)
      assert.match(err, said)
    }
    const file = join(folder, 'other.json')
    await writeFile(file, 'something else: lading_secret')
    const { code, err } = await runIn(new TestWorld({ env: { LADING_CREDENTIALS: file } }), ['logout', host])
    assert.equal(code, 1)
    assert.match(err, /is not what lading login has written/)
    assert.equal(err.includes('lading_secret'), false)
  })

  it('ends when it is stopped', async () => {
    const terminal = new TestWorld()
    const running = runIn(terminal, ['login', host, '--print'])
    await until(async () => terminal.complained.length > 0)
    terminal.stop('SIGINT')
    assert.equal((await running).code, 130)
    assert.equal(terminal.listening, 0)
  })
})
