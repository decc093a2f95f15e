import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Db, MongoError, MongoNetworkError, MongoServerError, MongoServerSelectionError } from 'mongodb'
import { connect, connectErrorOf, refuseUnfit } from '../../../src/adapters/shared/mongodb-connect.ts'
import { Overtaken, storeErrorOf } from '../../../src/adapters/shared/mongodb-store-error-of.ts'
import { type MongodbWaits, usualWaits } from '../../../src/adapters/store/mongodb/options.ts'
import { StoreError, type StoreErrorKind } from '../../../src/ports/store/errors.ts'
import { sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import { freePort } from '../../kit/servers/free-port.ts'
import { mongodbStandInSkip, startMongodbStandIn } from '../../kit/servers/mongodb-stand-in.ts'
import { openAt } from './mongodb-harness.ts'

const options = { skip: mongodbStandInSkip }
/** Where nobody answers. */
const briefly = { ...usualWaits, connect: 300 }
const password = 'hunter2-and-more'

async function refusal(url: string, waits: MongodbWaits = usualWaits): Promise<StoreError> {
  const error = await openAt(url, sampleSchema, { waits }).then(
    () => assert.fail('it was opened'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof StoreError, String(error))
  const told = [error.message, String(error.cause ?? ''), error.stack ?? ''].join('\n')
  assert.ok(!told.includes(password), told)
  return error
}

test('a host that is not there, and a port at which nobody listens, are named, and may come', async () => {
  const nowhere = await refusal(`mongodb://ada:${password}@no-such-host.invalid:27017/lading`, briefly)
  assert.equal(nowhere.kind, 'transient')
  assert.match(nowhere.message, /there is no such host: .*no-such-host\.invalid/)
  const port = await freePort()
  const nobody = await refusal(`mongodb://ada:${password}@127.0.0.1:${port}/?replicaSet=rs0`, briefly)
  assert.equal(nobody.kind, 'transient')
  assert.match(nobody.message, new RegExp(`within 300 ms: .*127\\.0\\.0\\.1:${port}.*; look at hosts, port`))
})

test('a URL that cannot be read is refused without showing it', async () => {
  for (const url of [
    `mongodb://ada:x@${password}@host`,
    `mongodb://ada:12/${password}@host/`,
    `mongodb://ada:12?${password}@host/`,
    `http://ada:${password}@host/`,
    `mongodb://ada:${password}@host:port/`,
    `mongodb://ada:12?option${password.replaceAll('-', '')}@host/`,
    `mongodb://ada:${password}%@host/`,
  ]) {
    const error = await refusal(url)
    assert.equal(error.kind, 'permanent', url)
    assert.match(error.message, /the URL of the database cannot be read/)
  }
})

test('a parameter that nobody knows is named, and an authority without TLS is refused', async () => {
  const unknown = await refusal(`mongodb://ada:${password}@host/?tsl=true`)
  assert.equal(unknown.kind, 'permanent')
  assert.match(unknown.message, /has the parameter "tsl", which MongoDB does not know; did you mean tls\?$/)
  const options = { url: `mongodb://ada:${password}@host/`, ca: 'PEM', waits: usualWaits }
  await assert.rejects(connect(options), { kind: 'permanent', message: /write tls=true into it/ })
  const off = { ...options, url: 'mongodb+srv://db.example.org/?tls=false' }
  await assert.rejects(connect(off), { kind: 'permanent', message: /write tls=true into it/ })
})

test('a server without a replica set is refused, with what to do', options, async () => {
  await using server = await startMongodbStandIn()
  const error = await refusal(server.url)
  assert.equal(error.kind, 'permanent')
  assert.match(error.message, /no replica set.*start mongod with --replSet and call rs\.initiate\(\) once/)
})

test('credentials that the server does not take are not shown', options, async () => {
  await using server = await startMongodbStandIn()
  const error = await refusal(server.url.replace('//', `//ada:${password}@`))
  assert.match(error.message, /^the database refuses/)
})

test('a server that wants no TLS, asked for it, is told in a sentence', options, async () => {
  await using server = await startMongodbStandIn()
  const error = await refusal(`${server.url}?tls=true`, briefly)
  assert.equal(error.kind, 'transient')
  assert.match(error.message, /no server of the database could be written to.*tls in the URL/)
})

test('a server that is too old is refused, with the version that it wants', options, async () => {
  await using server = await startMongodbStandIn('MONGO_3_6')
  const error = await refusal(server.url)
  assert.equal(error.kind, 'permanent')
  assert.match(error.message, /Lading needs 5\.0 or later/)
})

/** Answers commands as a server of such a kind would. */
const answering = (version: string, role: object): Db =>
  ({
    command: async (command: object) => ('buildInfo' in command ? { version } : role),
  }) as unknown as Db

test('the primary of a replica set of version 5.0 fits, and so does a router', async () => {
  const primary = { setName: 'rs0', ismaster: true }
  await refuseUnfit(answering('5.0.0', primary), true)
  await refuseUnfit(answering('10.1.2', { msg: 'isdbgrid', ismaster: true }), true)
  for (const version of ['4.4.29', '4.2.0', '3.6.23'])
    await assert.rejects(refuseUnfit(answering(version, primary), true), {
      kind: 'permanent',
      message: new RegExp(`is MongoDB ${version.replaceAll('.', '\\.')}, and Lading needs 5\\.0 or later`),
    })
  await assert.rejects(refuseUnfit(answering('7.0.0', { ismaster: true }), true), { kind: 'permanent' })
  await assert.rejects(refuseUnfit(answering('7.0.0', { setName: 'rs0', ismaster: false }), true), {
    kind: 'transient',
    message: /not the primary/,
  })
})

test('what a server says when it is connected to becomes a sentence', () => {
  const server = (code: number, message: string): MongoServerError => new MongoServerError({ code, message })
  const selection = (message: string): MongoServerSelectionError =>
    new MongoServerSelectionError(message, { servers: new Map() } as never)
  const rows: [Error, StoreErrorKind, RegExp][] = [
    [server(18, 'Authentication failed.'), 'denied', /refuses the user or the password.*authSource/],
    [server(13, 'not authorized on lading'), 'denied', /refuses this user: not authorized/],
    [
      selection('self-signed certificate'),
      'permanent',
      /certificate of the database is not trusted: self-signed/,
    ],
    [selection('getaddrinfo ENOTFOUND db'), 'transient', /there is no such host: getaddrinfo ENOTFOUND db/],
    [selection('connect ECONNREFUSED'), 'transient', /within 10000 ms: connect ECONNREFUSED/],
  ]
  for (const [error, kind, message] of rows) {
    const told = connectErrorOf(error, usualWaits)
    assert.ok(told instanceof StoreError)
    assert.equal(told.kind, kind)
    assert.match(told.message, message)
  }
})

test('every error of the driver has its kind, and what is none of the driver is passed on', () => {
  const server = (code: number, labels: string[] = []): MongoServerError =>
    new MongoServerError({ code, message: `code ${code}`, errorLabels: labels })
  // The driver does not export its class.
  const named = (error: Error, name: string): Error => Object.defineProperty(error, 'name', { value: name })
  const rows: [unknown, StoreErrorKind][] = [
    [new MongoNetworkError('gone'), 'transient'],
    [named(new MongoError('full'), 'MongoWaitQueueTimeoutError'), 'transient'],
    [Object.assign(new Error('ended'), { code: 'EPIPE' }), 'transient'],
    [new MongoServerSelectionError('none', {} as never), 'transient'],
    [new Overtaken('changed'), 'transient'],
    ...[50, 64, 91, 112, 189, 251, 262, 10_107, 11_600, 11_602, 13_435].map(
      (code): [unknown, StoreErrorKind] => [server(code), 'transient'],
    ),
    [server(999, ['TransientTransactionError']), 'transient'],
    [server(999, ['RetryableWriteError']), 'transient'],
    [server(13), 'denied'],
    [server(14_031), 'full'],
    [new MongoServerError({ code: 8000, message: 'you are over your space quota' }), 'full'],
    [server(999), 'permanent'],
    [server(72), 'permanent'],
  ]
  for (const [error, kind] of rows) {
    const told = storeErrorOf(error)
    assert.ok(told instanceof StoreError, String(error))
    assert.equal(told.kind, kind, String(error))
  }
  const own = new TypeError('of ours')
  assert.equal(storeErrorOf(own), own)
})
