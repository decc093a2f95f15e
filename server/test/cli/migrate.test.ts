import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { openAdminSocket } from '../../src/boot/admin/admin-socket.ts'
import { schema } from '../../src/boot/schema.ts'
import { fakeOperator } from '../kit/fake-operator.ts'
import { type Ran, runIn, runLine, runWell } from './run-line.ts'
import { TestWorld } from './test-world.ts'

const fixtures = join(import.meta.dirname, '../fixtures')
const newest = schema.migrations.length

interface Older extends AsyncDisposable {
  readonly data: string
  /** Tables and their rows. */
  state(): Record<string, unknown[]>
}

/** The data folder of release 0.1.0. */
async function olderFolder(): Promise<Older> {
  const root = await mkdtemp(join(tmpdir(), 'lading-migrate-'))
  execFileSync('tar', ['-C', root, '-xzf', join(fixtures, 'data-0.1.0.tar.gz')])
  const data = join(root, 'data')
  return {
    data,
    state() {
      using db = new DatabaseSync(join(data, 'lading.db'), { readOnly: true })
      const all = (sql: string): Record<string, unknown>[] =>
        db
          .prepare(sql)
          .all()
          .map((row) => ({ ...row }))
      const made = all('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name')
      const tables = made.filter(({ type }) => type === 'table').map(({ name }) => String(name))
      return Object.fromEntries([
        ['', made],
        ...tables.map((name) => [name, all(`SELECT * FROM "${name}" ORDER BY 1`)] as const),
      ])
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

function change(data: string, sql: string): void {
  using db = new DatabaseSync(join(data, 'lading.db'))
  db.exec(sql)
}

/** On a terminal at which somebody types this. */
async function runTyped(line: string, typed: string): Promise<Ran> {
  const terminal = Object.assign(new PassThrough().end(typed), { isTTY: true })
  return await runIn(new TestWorld({ terminal }), line.split(' '))
}

const names = schema.migrations.map(({ version, name }) => ({ version, name }))

test('status tells what was made and what is to come, and changes nothing', async () => {
  await using older = await olderFolder()
  const bytes = await readFile(join(older.data, 'lading.db'))
  const files = (await readdir(older.data)).sort()
  const { out } = await runWell(`migrate status --data ${older.data}`)
  assert.match(out, new RegExp(`^Schema version: 1; this release makes it ${newest}$`, 'm'))
  assert.match(
    out,
    /^ {6}1 {2}applied {2}first release\n {6}2 {2}pending {2}usage, pulls, holds and damage$/m,
  )
  assert.match(out, /^The tables are those of version 1\.\nNext: `lading migrate up`/m)
  const { out: json } = await runWell(`migrate status --json --data ${older.data}`)
  assert.deepEqual(JSON.parse(json), {
    data: older.data,
    version: 1,
    known: newest,
    migrations: names.map((each) => ({ ...each, state: each.version === 1 ? 'applied' : 'pending' })),
    differences: [],
  })
  assert.deepEqual((await readdir(older.data)).sort(), files)
  assert.deepEqual(await readFile(join(older.data, 'lading.db')), bytes)
})

test('status ends with 3 where somebody has changed the tables, and with 1 where they are newer', async () => {
  await using older = await olderFolder()
  change(older.data, 'DROP INDEX tags__live')
  const { code, out } = await runLine(`migrate status --data ${older.data}`)
  assert.equal(code, 3)
  assert.match(
    out,
    /not those of version 1.*\n {2}table tags lacks index tags__live \(repository, live, tag\)\n/,
  )
  change(older.data, 'UPDATE "_schema" SET version = 9')
  const newer = await runLine(`migrate status --data ${older.data}`)
  assert.equal(newer.code, 1)
  assert.match(newer.out, new RegExp(`newer release .* lading migrate down --to ${newest}$`, 'm'))
  assert.equal(
    JSON.parse((await runLine(`migrate status --json --data ${older.data}`)).out).differences,
    null,
  )
})

test('up does what a start does; down takes it back to the letter, and up goes on from there', async () => {
  await using older = await olderFolder()
  const { data } = older
  const before = older.state()
  const copy = join(data, 'lading-before-version-2.db')
  const { out } = await runWell(`migrate up --data ${data}`)
  for (const { version, name } of names.slice(1)) assert.ok(out.includes(`Made: ${version} (${name})\n`), out)
  assert.ok(out.includes(`${data} is at schema version ${newest}\nThe records of version 1: ${copy};`), out)
  assert.match((await runWell(`migrate status --data ${data}`)).out, /^The tables are as declared\.$/m)
  assert.equal(
    (await runWell(`migrate up --data ${data}`)).out,
    `${data} is at schema version ${newest}: there is nothing to do`,
  )

  const upgraded = older.state()
  const listed = await runWell(`migrate down --to 1 --dry-run --data ${data}`)
  assert.match(listed.out, /^table namespaces +1$/m)
  assert.match(listed.out, /^column tags\.pushedAt +0$/m)
  assert.deepEqual(older.state(), upgraded)

  const down = await runWell(`migrate down --to 1 --yes --json --data ${data}`)
  const { losses, ...told } = JSON.parse(down.out)
  assert.deepEqual(told, {
    dryRun: false,
    from: newest,
    to: 1,
    migrations: names.slice(1).reverse(),
    copy: join(data, `lading-before-down-from-version-${newest}.db`),
  })
  assert.ok(
    losses.some(({ table, rows }: { table: string; rows: number }) => table === 'namespaces' && rows === 1),
  )
  const after = older.state()
  assert.deepEqual(after[''], before[''])
  // What the newer release had begun stays: it writes into rows that the older one has too.
  for (const table of [
    'repositories',
    'blobs',
    'holdings',
    'manifests',
    'links',
    'tags',
    'tag_history',
    'audit',
  ]) {
    assert.deepEqual(after[table], before[table], table)
  }
  const again = JSON.parse((await runWell(`migrate up --json --data ${data}`)).out)
  assert.deepEqual(again, { from: 1, to: newest, migrations: names.slice(1), copy })
  assert.deepEqual(older.state()['namespaces']?.length, 1)
})

test('down asks on a terminal, and elsewhere wants --yes; anything but a yes changes nothing', async () => {
  await using older = await olderFolder()
  const { data } = older
  await runWell(`migrate up --data ${data}`)
  const before = older.state()
  const line = `migrate down --to 1 --data ${data}`
  for (const typed of ['', '\n', 'no\n', 'y\n', 'yesterday\n']) {
    const { code, err, asked } = await runTyped(line, typed)
    assert.deepEqual([code, err], [1, 'lading migrate down: nothing was changed'])
    assert.equal(asked, 'Go on? Type yes: ')
  }
  for (const ran of [await runLine(line), await runTyped(`${line} --json`, 'yes\n')]) {
    assert.equal(ran.code, 1)
    assert.match(ran.err, /nothing was changed: what is listed goes only with --yes/)
    assert.equal(ran.asked, '')
  }
  assert.deepEqual(older.state(), before)
  const { code, out, err } = await runTyped(line, 'yes\n')
  assert.deepEqual([code, err], [0, ''])
  assert.match(out, new RegExp(`^${data} is at schema version 1; `, 'm'))
  assert.match(out, /^The records of version \d: .*lading-before-down-from-version-\d\.db$/m)
  assert.match(out, /^Start the earlier release now/m)
})

test('where there is nothing on the way it says so', async () => {
  await using older = await olderFolder()
  const { data } = older
  const failing = async (line: string, code: number, why: RegExp): Promise<void> => {
    const ran = await runLine(line)
    assert.equal(ran.code, code, ran.err)
    assert.match(ran.err, why)
  }
  await failing(`migrate down --data ${data}`, 1, /is at schema version 1: there is none before/)
  await runWell(`migrate up --data ${data}`)
  await failing(
    `migrate down --to ${newest} --yes --data ${data}`,
    1,
    /is at schema version \d: name an earlier one/,
  )
  await failing(`migrate down --to 0 --yes --data ${data}`, 1, /version 0 is an empty database/)
  await failing(
    `migrate down --to one --data ${data}`,
    2,
    /--to wants a schema version, such as 2; "one" is none/,
  )
  for (const name of ['status', 'up', 'down']) {
    await failing(`migrate ${name} --data ${data}/none`, 1, /there is no data folder .*name it with --data/)
  }
  await failing('migrate', 2, /migrate wants one of: status, up, down, export-sql/)
})

test('a running server keeps its tables', async () => {
  await using older = await olderFolder()
  const { data } = older
  const socket = await openAdminSocket({
    graceMs: 60_000,
    data,
    operator: async () => fakeOperator({}).operator,
    log: { info: () => undefined, error: () => undefined },
    now: () => 0,
  })
  try {
    const before = older.state()
    for (const line of ['migrate up', 'migrate down --yes']) {
      const { code, err } = await runLine(`${line} --data ${data}`)
      assert.equal(code, 1)
      assert.match(err, /a Lading .*runs on .*; stop it first/)
    }
    await runWell(`migrate status --data ${data}`)
    assert.deepEqual(older.state(), before)
  } finally {
    await socket.close()
  }
})

test('exported SQL makes the tables; what it is asked for must be there', async () => {
  const { out } = await runWell('migrate export-sql')
  {
    using db = new DatabaseSync(':memory:')
    db.exec(out)
    assert.deepEqual({ ...db.prepare('SELECT version FROM "_schema"').get() }, { version: newest })
    db.exec((await runWell(`migrate export-sql --from ${newest} --to 0 --engine sqlite`)).out)
    assert.deepEqual(db.prepare('SELECT * FROM sqlite_schema').all(), [])
  }
  const cases: [string, RegExp][] = [
    ['--engine postgres', /no SQL for "postgres"; there is for: sqlite/],
    ['--to 99', /no version 99: versions go from 0/],
    ['--from x', /--from wants a schema version/],
    ['--from 1 --to 1', /no migration lies between version 1 and itself/],
  ]
  for (const [flags, why] of cases) {
    const { code, err } = await runLine(`migrate export-sql ${flags}`)
    assert.equal(code, 2)
    assert.match(err, why)
  }
})
