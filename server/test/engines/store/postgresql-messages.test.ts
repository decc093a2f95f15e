import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chown, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { inspect, promisify } from 'node:util'
import type { ClientBase } from 'pg'
import { connectFault } from '../../../src/adapters/shared/postgresql-connect-fault.ts'
import { checkServer } from '../../../src/adapters/store/postgresql/check-server.ts'
import {
  openPostgresqlStore,
  type PostgresqlStoreOptions,
} from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { StoreError, type StoreErrorKind } from '../../../src/ports/store/errors.ts'
import { sampleSchema } from '../../../src/ports/store/suite/sample.ts'
import { freePort } from '../../kit/servers/free-port.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'

const secret = 'hunter2-is-secret'
const run = promisify(execFile)

/** Opening is refused in these words, one sentence, and nobody reads the password in them. */
async function refused(
  options: PostgresqlStoreOptions,
  kind: StoreErrorKind,
  message: RegExp,
): Promise<void> {
  const error = await openPostgresqlStore({ max: 2, ...options }, sampleSchema).then(
    async (store) => {
      await store.close()
      return assert.fail(`opened, and should be refused: ${message}`)
    },
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof StoreError, inspect(error))
  assert.match(error.message, message)
  assert.equal(error.kind, kind, error.message)
  assert.doesNotMatch(error.message, /\n|\. /, error.message)
  assert.doesNotMatch(inspect(error, { depth: 10, showHidden: true }), new RegExp(secret))
}

describe('what is wrong with a PostgreSQL is told in words', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  let port: number
  before(async () => {
    server = await startPostgresqlServer()
    port = server.port
    await server.query(`CREATE ROLE keyed LOGIN SUPERUSER PASSWORD '${secret}'`)
    await server.query('CREATE ROLE shut NOLOGIN')
    await server.query('CREATE ROLE full LOGIN CONNECTION LIMIT 0')
    await server.query('CREATE ROLE reader LOGIN; ALTER ROLE reader SET default_transaction_read_only = on')
    await server.query('CREATE ROLE plain LOGIN')
    await server.query('CREATE DATABASE plain')
    await server.query(`CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`)
    await allow([
      'local all all trust',
      'host all keyed 127.0.0.1/32 scram-sha-256',
      'hostssl secure all 127.0.0.1/32 trust',
      'host secure all 127.0.0.1/32 reject',
      'host nobody all 127.0.0.1/32 reject',
      'host plain,latin,postgres all 127.0.0.1/32 trust',
      'host missing all 127.0.0.1/32 trust',
    ])
  })
  after(() => server[Symbol.asyncDispose]())

  async function allow(lines: readonly string[]): Promise<void> {
    await writeFile(join(server.folder, 'pg_hba.conf'), `${lines.join('\n')}\n`)
    await server.query('SELECT pg_reload_conf()')
  }
  const at = (user: string, database: string): PostgresqlStoreOptions => ({
    host: '127.0.0.1',
    port,
    user,
    database,
    password: secret,
  })

  test('a wrong password, and none', async () => {
    const url = `postgres://keyed:${secret}x@127.0.0.1:${port}/plain`
    const wrong =
      /^PostgreSQL at 127\.0\.0\.1:\d+ refuses user "keyed": the password is wrong, or there is no such user; check both$/
    await refused({ ...at('keyed', 'plain'), password: `${secret}x` }, 'permanent', wrong)
    await refused({ url }, 'permanent', wrong)
    await refused(
      { url: `postgres://keyed@127.0.0.1:${port}/plain` },
      'permanent',
      /wants a password of user "keyed", and none is set: set it$/,
    )
    await (await openPostgresqlStore(at('keyed', 'postgres'), sampleSchema)).close()
  })

  test('a database that is not there, and one of another encoding', async () => {
    await refused(
      at('lading', 'missing'),
      'permanent',
      /has no database "missing": make it with CREATE DATABASE, or name another one$/,
    )
    await refused(
      at('lading', 'latin'),
      'permanent',
      /keeps text as LATIN1, .*: make one with ENCODING 'UTF8' TEMPLATE template0$/,
    )
  })

  test('a user that may not log in, comes from nowhere, is one too many, or lacks a right', async () => {
    await refused(
      at('shut', 'plain'),
      'permanent',
      /lets user "shut" not log in: make the role, or grant it LOGIN with ALTER ROLE$/,
    )
    await refused(at('ghost', 'plain'), 'permanent', /lets user "ghost" not log in: make the role/)
    await refused(
      at('lading', 'nobody'),
      'permanent',
      /lets user "lading" into database "nobody" from nowhere .*or add an entry to its pg_hba\.conf$/,
    )
    await refused(at('lading', 'unlisted'), 'permanent', /into database "unlisted" from nowhere/)
    await refused(at('full', 'plain'), 'transient', /has no connection left: raise its max_connections/)
    await refused(
      at('plain', 'plain'),
      'denied',
      /^user "plain" lacks a right in database "plain" \(permission denied for schema public\): make it the owner/,
    )
    await refused(
      { ...at('plain', 'plain'), schema: 'theirs' },
      'denied',
      /lacks a right .*permission denied for database plain/,
    )
  })

  test('a server that can only be read', async () => {
    await refused(
      at('reader', 'plain'),
      'denied',
      /^the server is set to be read only \(default_transaction_read_only\): set it off/,
    )
    const standby = fake({ standby: true })
    await assert.rejects(checkServer(standby, undefined), {
      kind: 'denied',
      message: /a standby, .*: connect to the primary$/,
    })
  })

  test('a server that is too old', async () => {
    await assert.rejects(checkServer(fake({ version: '120019', shown: '12.19' }), undefined), {
      kind: 'permanent',
      message: 'this is PostgreSQL 12.19, and Lading needs 13 or newer: have the server upgraded',
    })
  })

  test('nobody who listens, and one who does not answer', async () => {
    const empty = await freePort()
    await refused(
      { ...at('lading', 'plain'), port: empty },
      'transient',
      /^nobody listens at 127\.0\.0\.1:\d+: start PostgreSQL/,
    )
    const silent = createServer()
    const [held] = await listening(silent)
    try {
      const waits = { connectMs: 200, queueMs: 200 }
      await refused(
        { ...at('lading', 'plain'), port: held, waits },
        'transient',
        /did not answer in time: check host and port/,
      )
    } finally {
      silent.close()
    }
    const rude = createServer((socket) => socket.end())
    const [other] = await listening(rude)
    try {
      await refused(
        { ...at('lading', 'plain'), port: other },
        'transient',
        /ended the connection: see that a PostgreSQL listens there/,
      )
    } finally {
      rude.close()
    }
  })

  test('what needs another machine, a name that is not known, or a moment', () => {
    const reached = { host: 'db.example', port: 5433, database: 'd', user: 'u' }
    const cases: readonly (readonly [object, StoreErrorKind, RegExp])[] = [
      [{ code: 'ENOTFOUND' }, 'transient', /^there is no host "db\.example": check the name/],
      [{ code: 'EAI_AGAIN' }, 'transient', /^there is no host "db\.example"/],
      [{ code: 'EHOSTUNREACH' }, 'transient', /^there is no way to db\.example:5433 from here/],
      [{ code: 'ETIMEDOUT' }, 'transient', /did not answer in time/],
      [
        { code: '57P03', message: 'the database system is starting up' },
        'transient',
        /\(the database system is starting up\): wait/,
      ],
      [{ code: '53100' }, 'full', /the disk of PostgreSQL at db\.example:5433 is full/],
      [{ code: 'CERT_NOT_YET_VALID' }, 'permanent', /is not valid yet: check the clock/],
    ]
    for (const [error, kind, message] of cases) {
      const told = connectFault(Object.assign(new Error('raw'), error), reached)
      assert.equal(told.kind, kind)
      assert.match(told.message, message)
    }
    const both = new AggregateError([Object.assign(new Error('a'), { code: 'ECONNREFUSED' })])
    assert.match(connectFault(both, reached).message, /^nobody listens at db\.example:5433/)
    assert.match(
      connectFault({ code: 'ENOENT' }, { host: '/run/pg' }).message,
      /^there is no PostgreSQL behind the socket in \/run\/pg/,
    )
    const missing = "ENOENT: no such file or directory, open '/etc/ca.pem'"
    const named = connectFault(Object.assign(new Error(missing), { code: 'ENOENT' }), reached)
    assert.deepEqual(
      [named.kind, named.message],
      [
        'permanent',
        'the file "/etc/ca.pem", which the address of the database names, is not there: check the path (sslrootcert, sslcert, sslkey)',
      ],
    )
  })

  describe('and of its TLS', () => {
    let authority: string
    before(async () => {
      authority = await certified(2, 'localhost', 'subjectAltName=DNS:localhost')
    })

    /** The server has a new certificate of its own making from now on; answers it. */
    async function certified(days: number, name: string, alternative: string): Promise<string> {
      const [key, request, certificate, extensions] = ['key', 'csr', 'crt', 'ext'].map((end) =>
        join(server.folder, `server.${end}`),
      ) as [string, string, string, string]
      await writeFile(extensions, alternative)
      await run('openssl', [
        'req',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        key,
        '-out',
        request,
        '-subj',
        `/CN=${name}`,
      ])
      await run('openssl', [
        'x509',
        '-req',
        '-in',
        request,
        '-signkey',
        key,
        '-days',
        String(days),
        '-extfile',
        extensions,
        '-out',
        certificate,
      ])
      const { uid, gid } = await stat(server.folder)
      for (const path of [key, certificate]) await chown(path, uid, gid)
      await server.query('ALTER SYSTEM SET ssl = on', await plainUrl())
      await server.query('SELECT pg_reload_conf()')
      return await readFile(certificate, 'utf8')
    }
    const plainUrl = async (): Promise<string> => `postgres://lading@127.0.0.1:${port}/postgres`

    const secure = (ssl: PostgresqlStoreOptions['ssl'], host = 'localhost'): PostgresqlStoreOptions => ({
      ...at('lading', 'secure'),
      host,
      ...(ssl !== undefined && { ssl }),
    })

    test('that is wanted, that nobody has signed, that is for another name, and that has expired', async () => {
      await server.query('CREATE DATABASE secure')
      await refused(
        secure(undefined, '127.0.0.1'),
        'permanent',
        /into database "secure" from nowhere without TLS: turn TLS on in the settings, or add/,
      )
      await refused(
        secure(true),
        'permanent',
        /^the TLS certificate of PostgreSQL at localhost:\d+ is signed by nobody who is trusted here: name a file with the certificate of its authority in store\.ca/,
      )
      await (await openPostgresqlStore(secure({ ca: authority }), sampleSchema)).close()
      await refused(
        secure({ ca: authority }, '127.0.0.1'),
        'permanent',
        /certificate .* is not for "127\.0\.0\.1": connect by a name that stands in it/,
      )
      const byUrl = (mode: string, host: string): PostgresqlStoreOptions => ({
        url: `postgres://lading@${host}:${port}/secure?sslmode=${mode}`,
        ssl: { ca: authority },
      })
      const notForIt = /certificate .* is not for "127\.0\.0\.1"/
      for (const mode of ['verify-full', 'require']) {
        await (await openPostgresqlStore(byUrl(mode, 'localhost'), sampleSchema)).close()
        await refused(byUrl(mode, '127.0.0.1'), 'permanent', notForIt)
      }
      await (await openPostgresqlStore(byUrl('verify-ca', '127.0.0.1'), sampleSchema)).close()
      const strange = await certified(2, 'localhost', 'subjectAltName=DNS:localhost')
      await refused(byUrl('verify-ca', 'localhost'), 'permanent', /signed by nobody who is trusted here/)
      assert.notEqual(strange, authority)
      await refused(byUrl('verify_full', 'localhost'), 'permanent', /did you mean verify-full\?$/)
      const expired = await certified(-1, 'localhost', 'subjectAltName=DNS:localhost')
      await refused(secure({ ca: expired }), 'permanent', /has expired: have it renewed$/)
    })

    test('that is not spoken there', async () => {
      await server.query('ALTER SYSTEM SET ssl = off')
      await server.query('SELECT pg_reload_conf()')
      await refused(
        { ...at('lading', 'plain'), ssl: true },
        'permanent',
        /speaks no TLS: turn ssl on there, or TLS off in the settings$/,
      )
    })
  })

  test('but never the password, also of an address that cannot be read', async () => {
    await refused(
      { url: `postgres://lading:${secret}@127.0.0.1:no-port/plain` },
      'permanent',
      /^the address of the database is no URL: write postgresql:/,
    )
    await refused(
      { url: `postgres://lading:${secret}@127.0.0.1:${port}/missing` },
      'permanent',
      /has no database "missing"/,
    )
  })
})

function fake(settings: Record<string, unknown>): ClientBase {
  const all = {
    version: '180000',
    shown: '18.0',
    encoding: 'UTF8',
    standby: false,
    readonly: 'off',
    place: 'public',
    path: 'public',
    ...settings,
  }
  return { query: async () => ({ rows: [all] }) } as unknown as ClientBase
}

function listening(server: ReturnType<typeof createServer>): Promise<[number]> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve([(server.address() as { port: number }).port]))
  })
}
