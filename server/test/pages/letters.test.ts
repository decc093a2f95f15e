import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { jobs } from '../../src/adapters/journal/store/tables.ts'
import { openSmtpMailer } from '../../src/adapters/mail/smtp/smtp-mailer.ts'
import { letterJob } from '../../src/core/access/letters.ts'
import { accounts } from '../../src/core/access/tables.ts'
import { eachRow } from '../../src/core/ledger/each-row.ts'
import { MailError } from '../../src/ports/mail/mail.ts'
import { callerOf } from '../core/kit.ts'
import { type Answer, ask } from '../kit/http-client.ts'
import { startTestRegistry, type TestRegistry } from '../kit/test-registry.ts'
import { until } from '../kit/until.ts'

const system = callerOf({ kind: 'system', name: 'test' })

interface MailServer extends AsyncDisposable {
  readonly url: string
  readonly letters: string[]
  refuse: boolean
}

async function startMailServer(): Promise<MailServer> {
  const letters: string[] = []
  const state: MailServer = {
    url: '',
    letters,
    refuse: false,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) => {
      if (state.refuse) done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }))
      else done()
    },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        letters.push(Buffer.concat(chunks).toString('utf8').replaceAll('=\r\n', '').replaceAll('=3D', '='))
        done()
      })
    },
  })
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  return Object.assign(state, { url: `smtp://127.0.0.1:${port}` })
}

describe('letters', () => {
  let mail: MailServer
  let registry: TestRegistry
  beforeEach(async () => {
    mail = await startMailServer()
    registry = await startTestRegistry({
      publicUrl: 'http://registry.example',
      mail: openSmtpMailer({ url: mail.url, from: 'Lading <l@registry.example>', timeoutMs: 5_000 }),
    })
  })
  afterEach(async () => {
    await registry[Symbol.asyncDispose]()
    await mail[Symbol.asyncDispose]()
  })

  const post = async (path: string, fields: Readonly<Record<string, string>>): Promise<Answer> =>
    await ask(registry.url, {
      method: 'POST',
      path,
      body: new URLSearchParams(fields).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    })
  const arrived = async (count: number): Promise<string> => {
    await until(async () => mail.letters.length >= count)
    return mail.letters[count - 1] ?? ''
  }
  const tokenIn = (letter: string, path: string): string =>
    new RegExp(`http://registry\\.example/${path}\\?token=([0-9A-Za-z]{43})`).exec(letter)?.[1] ?? ''
  const bound = (): TestRegistry['composed']['registry'] => registry.composed.registry

  it('invite, prove the address by it, and let in by the password that is chosen', async () => {
    await bound().accounts.inviteUser(system, { name: 'ada', email: 'ada@example.com' })
    const letter = await arrived(1)
    assert.match(letter, /^To: ada@example\.com\r$/m)
    const answer = await post('/password', {
      token: tokenIn(letter, 'password'),
      password: 'seven green kettles',
    })
    assert.equal(answer.status, 303, answer.text())
    const row = await registry.composed.core.store.get(accounts, ['ada'])
    assert.deepEqual([row?.state, row?.emailVerifiedAt], ['active', registry.clock.now()])
    const again = await post('/password', {
      token: tokenIn(letter, 'password'),
      password: 'nine blue ladders',
    })
    assert.equal(again.status, 403)
    const login = await post('/login', { name: 'ada', password: 'seven green kettles' })
    assert.equal(login.status, 303)
  })

  it('say the same to whoever asks for a new password of anybody, and write to those alone who have an address', async () => {
    await bound().accounts.createUser(system, { name: 'bob' })
    await bound().accounts.inviteUser(system, { name: 'ada', email: 'ada@example.com' })
    const invited = tokenIn(await arrived(1), 'password')
    assert.equal((await post('/password', { token: invited, password: 'seven green kettles' })).status, 303)
    const answers = []
    for (const name of ['nobody', 'bob', 'ada']) answers.push(await post('/forgotten', { name }))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    )
    assert.equal(new Set(answers.map((answer) => answer.text())).size, 1)
    const letter = await arrived(2)
    assert.match(letter, /^To: ada@example\.com\r$/m)
    const token = tokenIn(letter, 'password')
    registry.clock.jump(3_600_001)
    assert.equal((await post('/password', { token, password: 'nine blue ladders' })).status, 403)
    await post('/forgotten', { name: 'ada' })
    const fresh = tokenIn(await arrived(3), 'password')
    assert.equal((await post('/password', { token: fresh, password: 'nine blue ladders' })).status, 303)
    assert.equal((await post('/login', { name: 'ada', password: 'seven green kettles' })).status, 401)
    assert.equal(mail.letters.length, 3)
  })

  it('come a few times an hour, however often somebody asks for them, and the first ones stay good', async () => {
    await bound().accounts.inviteUser(system, { name: 'ada', email: 'ada@example.com' })
    const invited = tokenIn(await arrived(1), 'password')
    assert.equal((await post('/password', { token: invited, password: 'seven green kettles' })).status, 303)
    await post('/forgotten', { name: 'ada' })
    const first = tokenIn(await arrived(2), 'password')
    const idle = async (): Promise<boolean> => {
      for await (const { kind } of eachRow(registry.composed.core.store, jobs))
        if (kind === letterJob) return false
      return true
    }
    for (let asked = 0; asked < 12; asked++) await post('/forgotten', { name: 'ada' })
    await until(idle)
    assert.equal(mail.letters.length, 6)
    registry.clock.jump(1_800_000)
    assert.equal((await post('/password', { token: first, password: 'nine blue ladders' })).status, 303)
    registry.clock.jump(1_800_001)
    await post('/forgotten', { name: 'ada' })
    await arrived(7)
  })

  it('verify an address by a button, not by being looked at', async () => {
    await bound().accounts.createUser(system, { name: 'ada' })
    await bound().accounts.setUserState(system, { name: 'ada', state: 'active' })
    const ada = callerOf({ kind: 'user', name: 'ada' })
    await bound().accounts.changeEmail(ada, 'ada@example.com')
    const token = tokenIn(await arrived(1), 'verify')
    const verified = async (): Promise<number | undefined> =>
      (await registry.composed.core.store.get(accounts, ['ada']))?.emailVerifiedAt
    assert.equal((await ask(registry.url, { path: `/verify?token=${token}` })).status, 200)
    assert.equal(await verified(), 0)
    // A link to an address that is theirs no more proves nothing.
    await bound().accounts.changeEmail(ada, 'other@example.com')
    assert.equal((await post('/verify', { token })).status, 403)
    const next = tokenIn(await arrived(2), 'verify')
    assert.equal((await post('/verify', { token: next })).status, 200)
    assert.equal(await verified(), registry.clock.now())
  })

  it('are not sent again where they are refused, and are where the server is away', async () => {
    const mailer = openSmtpMailer({ url: mail.url, from: 'l@registry.example', timeoutMs: 2_000 })
    const letter = { to: 'ada@example.com', subject: 'x', text: 'y' }
    mail.refuse = true
    await assert.rejects(
      mailer.send(letter),
      (error) => error instanceof MailError && error.kind === 'refused',
    )
    await mail[Symbol.asyncDispose]()
    await assert.rejects(
      mailer.send(letter),
      (error) => error instanceof MailError && error.kind === 'unavailable',
    )
    await mailer.close()
  })
})
