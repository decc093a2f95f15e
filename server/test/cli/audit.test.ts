import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { sealAudit } from '../../src/core/audit/seal.ts'
import { openDataFolder } from '../kit/open-data-folder.ts'
import { filledFolder } from './filled-folder.ts'
import { runLine, runWell } from './run-line.ts'

const hour = 3_600_000

async function sealed(data: string): Promise<void> {
  await using opened = await openDataFolder(data, Date.now)
  await sealAudit(opened.core, { headInterval: hour }, new AbortController().signal)
}

test('what was done is listed, exported, and verified, and what was changed of it is found', async () => {
  await using folder = await filledFolder()
  const { data } = folder
  const before = JSON.parse((await runWell(`audit verify --json --data ${data}`)).out)
  assert.deepEqual([before.sound, before.entries, before.unsealed.count > 4], [true, 0, true])
  await sealed(data)
  const { out } = await runWell(`audit verify --data ${data}`)
  assert.match(
    out,
    /^Not sealed yet: 0\. Behind the last signed head: 0\.\nChecked \d+ entries, 1 to \d+, against 1 head: all are as they were sealed\. The hash at the end: (\d+:[0-9a-f]{64})$/,
  )
  const end = out.slice(out.lastIndexOf(' ') + 1)
  const heads = await runWell(`audit heads --data ${data}`)
  assert.ok(heads.out.includes(end) && heads.out.includes('BEGIN PUBLIC KEY'), heads.out)
  assert.equal((await runWell(`audit verify --expect ${end} --data ${data}`)).code, 0)

  const [first = ''] = (await runWell(`audit list --limit 1 --data ${data}`)).out.split('\n')
  assert.match(
    first,
    /^\d{4}-\S+Z {2}user:ada {2}tag\.move {2}acme\/app v1 \(nothing to sha256:[0-9a-f]{64}\)$/,
  )
  const listed = JSON.parse((await runWell(`audit list --action blob.push --json --data ${data}`)).out)
  assert.ok(listed.entries.length >= 4)
  assert.ok(listed.entries.every(({ action }: { action: string }) => action === 'blob.push'))
  const exported = (await runWell(`audit export --data ${data}`)).out
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    exported.map(({ seq }) => seq),
    exported.map((_, at) => at + 1),
  )
  assert.equal((await runWell(`audit export --to 2001-01-01 --data ${data}`)).out, '')

  {
    using db = new DatabaseSync(join(data, 'lading.db'))
    db.exec(`UPDATE audit_entries SET "by" = 'user:mallory' WHERE seq = 2`)
  }
  const after = await runLine(`audit verify --data ${data}`)
  assert.equal(after.code, 3)
  assert.match(
    after.out,
    /^changed: entry 2 of .* \(user:mallory blob\.push acme\/app\) was changed, or the hash of the one before it\n/,
  )
  assert.match(after.out, /1 fault found/)
  const told = await runLine(`audit verify --json --data ${data}`)
  assert.deepEqual([told.code, JSON.parse(told.out).faults[0].kind], [3, 'changed'])
})

/** What whoever has the database can do to it, and what is said of it. */
const tamperings: readonly (readonly [string, string, RegExp])[] = [
  ['changed', `UPDATE audit_entries SET "by" = 'user:mallory' WHERE seq = 2`, /^changed: entry 2 /],
  ['removed', 'DELETE FROM audit_entries WHERE seq = 2', /^removed: entry 2 is gone\n/],
  [
    'added',
    `CREATE TEMP TABLE forged AS SELECT * FROM audit_entries WHERE seq = 2;
      UPDATE forged SET id = 'f' || substr(id, 2);
      INSERT INTO audit_entries SELECT * FROM forged`,
    /^added: /,
  ],
  ['swapped', 'UPDATE audit_entries SET seq = 5 - seq WHERE seq IN (2, 3)', /^swapped: entries 2 and 3 /],
]

for (const [what, sql, found] of tamperings)
  test(`an entry that was ${what} is found by the command, which ends with 3`, async () => {
    await using folder = await filledFolder()
    const { data } = folder
    await sealed(data)
    assert.equal(JSON.parse((await runWell(`audit verify --json --data ${data}`)).out).sound, true)
    {
      using db = new DatabaseSync(join(data, 'lading.db'))
      db.exec(sql)
    }
    const { code, out } = await runLine(`audit verify --data ${data}`)
    assert.equal(code, 3)
    assert.match(out, found)
    assert.match(out, /1 fault found/)
    const told = await runLine(`audit verify --json --data ${data}`)
    const { sound, faults } = JSON.parse(told.out)
    assert.deepEqual(
      [told.code, sound, faults.map(({ kind }: { readonly kind: string }) => kind)],
      [3, false, [what]],
    )
  })

test('what is asked for wrongly is told before anything is read', async () => {
  for (const [line, words] of [
    ['audit list --outcome maybe', /--outcome wants done or refused/],
    ['audit list --limit 0', /--limit wants a whole number/],
    ['audit export --from yesterday', /--from: /],
    ['audit verify --expect 7', /--expect wants the number of an entry and its hash/],
  ] as const) {
    const { code, err } = await runLine(line)
    assert.equal(code, 2, line)
    assert.match(err, words)
  }
})
