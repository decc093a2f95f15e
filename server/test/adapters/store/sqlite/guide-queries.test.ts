import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openSqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import { schema } from '../../../../src/boot/schema.ts'
import { artifacts, terms, versions } from '../../../../src/core/artifacts/tables.ts'
import { artifactsFull } from '../../../../src/core/artifacts/views.ts'
import { namespaces } from '../../../../src/core/content/tables.ts'
import { auditEntries } from '../../../../src/core/ledger/tables.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { insert } from '../../../../src/ports/store/change.ts'
import { chance, ok } from '../../../../src/ports/store/suite/harness.ts'
import { type ColumnType, type Log, type Row, schemaVersion } from '../../../../src/ports/store/table.ts'
import { temporaryFolder } from './sqlite-harness.ts'

const top = join(import.meta.dirname, '../../../../..')
const page = await readFile(join(top, 'docs/guide/database.md'), 'utf8')
const { version } = JSON.parse(await readFile(join(top, 'server/package.json'), 'utf8'))
const queries = Array.from(page.matchAll(/^```sql\n(.*?)^```$/gms), ([, sql = '']) => sql)

/** A row of which a test says only what it is about. */
function row(table: Log, given: Row): Row {
  const blank = (type: ColumnType): unknown => (type === 'text' ? '' : type === 'boolean' ? false : 0)
  return {
    ...Object.fromEntries(Object.entries(table.columns).map(([name, type]) => [name, blank(type)])),
    ...given,
  }
}

const made = Date.UTC(2026, 0, 31, 12, 0, 0, 7)
const artifact = (id: string, given: Row) =>
  insert(
    artifacts as never,
    row(artifacts as unknown as Log, {
      id,
      repository: id,
      namespace: 'acme',
      slug: id,
      capabilities: '[]',
      topics: '["code","go"]',
      skills: '[{"name":"review","proficiency":"expert"},{"name":"planning"}]',
      keywords: '[]',
      custom: '{}',
      live: true,
      createdAt: made,
      updatedAt: made,
      ...given,
    }),
  )

async function filled(folder: string): Promise<void> {
  const store = await openSqliteStore({ folder }, schema)
  const term = (id: string) =>
    insert(
      terms as never,
      row(terms as unknown as Log, { field: 'skill', term: 'review', artifact: id, live: true }),
    )
  const version = (name: string, state: string, createdAt: number) =>
    insert(
      versions as never,
      row(versions as unknown as Log, {
        artifact: 'reviewer',
        version: name,
        state,
        createdAt,
        changelog: `to ${name}`,
      }),
    )
  const moved = { at: made, by: 'user:ada', action: 'tag.move', repository: 'acme/app', target: 'v1' }
  const changes = [
    artifact('reviewer', {
      kind: 'persona',
      name: 'Reviewer',
      license: 'MIT',
      version: '1.1.0',
      published: true,
      publishedAt: made,
      downloads: 3,
    }),
    artifact('crew', {
      kind: 'team',
      name: 'Crew',
      version: '2.0.0',
      published: true,
      publishedAt: made + 1,
      downloads: 2,
    }),
    artifact('sketch', { kind: 'team', author: 'Ada', updatedAt: made + 2 }),
    artifact('gone', { kind: 'team', published: true, live: false }),
    ...['reviewer', 'sketch', 'gone'].map(term),
    version('1.0.0', 'published', made),
    version('1.1.0', 'draft', made + 60_000),
    insert(
      namespaces as never,
      row(namespaces as unknown as Log, { namespace: 'acme', bytes: 10, repositories: 4 }),
    ),
    insert(
      namespaces as never,
      row(namespaces as unknown as Log, { namespace: 'more', bytes: 20, repositories: 1 }),
    ),
    insert(auditEntries as never, row(auditEntries as unknown as Log, { ...moved, id: '1' })),
    insert(
      auditEntries as never,
      row(auditEntries as unknown as Log, { ...moved, id: '2', action: 'tag.delete' }),
    ),
  ]
  assert.deepEqual(await store.commit(newBatchId(Date.now(), chance), changes), ok)
  await store.close()
}

test('each query of the guide answers what the guide says', async () => {
  await using folder = await temporaryFolder()
  await filled(folder.path)
  using db = new DatabaseSync(join(folder.path, 'lading.db'), { readOnly: true })
  const answers = queries.map((sql) =>
    db
      .prepare(sql)
      .all()
      .map((found) => Object.values({ ...found })),
  )
  const skills = 'review, planning'
  const time = '2026-01-31T12:00:00'
  assert.deepEqual(answers, [
    [
      ['persona', 1, 3],
      ['team', 1, 2],
    ],
    [
      ['acme/crew', '2.0.0', 'Crew', `${time}.008Z`],
      ['acme/reviewer', '1.1.0', 'Reviewer', `${time}.007Z`],
    ],
    [
      ['persona', 'acme', 'reviewer', skills],
      ['team', 'acme', 'sketch', skills],
    ],
    [
      ['team', 'acme', 'crew', '', `${time}.007Z`],
      ['team', 'acme', 'sketch', 'Ada', `${time}.009Z`],
    ],
    [
      ['1.0.0', 'published', '2026-01-31 12:00:00', 'to 1.0.0'],
      ['1.1.0', 'draft', '2026-01-31 12:01:00', 'to 1.1.0'],
    ],
    [
      ['more', 1, 0, 20],
      ['acme', 4, 0, 10],
    ],
    [
      ['2026-01-31 12:00:00', 'user:ada', 'tag.delete', 'acme/app', 'v1'],
      ['2026-01-31 12:00:00', 'user:ada', 'tag.move', 'acme/app', 'v1'],
    ],
  ])
  const published = db.prepare('SELECT slug FROM artifacts_published ORDER BY slug').all()
  assert.deepEqual(
    published.map(({ slug }) => slug),
    ['crew', 'reviewer'],
  )
  const [crew] = db.prepare(`SELECT * FROM artifacts_full WHERE slug = 'crew'`).all()
  assert.deepEqual(
    [crew?.['topics'], crew?.['capabilities'], crew?.['lastAccessedAt'], crew?.['published']],
    ['code, go', null, null, 1],
  )
})

test('the guide names every column of the views, the conventions of every time, and the version of this release', () => {
  for (const name of Object.keys(artifactsFull.columns)) assert.ok(page.includes(`\`${name}\``), name)
  const times = ['at', 'until', 'due', 'idleSince']
  for (const { name, columns } of [...schema.tables, ...schema.logs]) {
    for (const [column, type] of Object.entries(columns)) {
      // Milliseconds are told by their names alone; a number of another sort must not have such a one.
      if (column.endsWith('At') || times.includes(column)) assert.equal(type, 'integer', `${name}.${column}`)
    }
  }
  assert.ok(page.includes(`| ${version} | ${schemaVersion(schema)} |`))
})
