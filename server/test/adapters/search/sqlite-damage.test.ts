import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openSqliteSearch } from '../../../src/adapters/search/sqlite/open-sqlite-search.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { asked, build, documentOf, firstMark, word } from '../../../src/ports/search/suite/harness.ts'

const documents = Array.from({ length: 3_000 }, (_, at) =>
  documentOf(`d${at}`, {
    words: { name: `every n${at}`, description: 'some text of some length that is not short' },
    beginnings: [`n${at}`],
  }),
)

async function builtFolder(): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-search-'))
  const engine = openSqliteSearch({ folder })
  await build(engine, documents)
  await engine.close()
  const name = (await readdir(folder)).find((one) => one.endsWith('.db'))
  assert.ok(name !== undefined)
  return { folder, file: join(folder, name) }
}

/** Either it says that it is damaged, or it is right. */
async function neverWrong(engine: SearchEngine): Promise<'right' | 'foreign'> {
  try {
    assert.equal((await asked(engine, { clauses: [word('every')] })).total, documents.length)
    assert.equal((await asked(engine, { clauses: [word('n2999')] })).hits[0]?.id, 'd2999')
    assert.equal((await asked(engine, { sort: 'name', limit: 1_000 })).hits.length, 1_000)
    return 'right'
  } catch (error) {
    if (error instanceof SearchError && error.kind === 'foreign') return 'foreign'
    throw error
  }
}

async function rebuilt(engine: SearchEngine): Promise<void> {
  await build(engine, documents, 'mark 2')
  assert.equal(await neverWrong(engine), 'right')
  assert.equal(await engine.mark(), 'mark 2')
}

const damages: readonly { name: string; harm: (file: string) => Promise<void> }[] = [
  { name: 'a file of nothing', harm: (file) => truncate(file, 0) },
  { name: 'a file of something else', harm: (file) => writeFile(file, 'not a database '.repeat(999)) },
  { name: 'no file', harm: (file) => rm(file) },
  {
    name: 'a file that ends too early',
    harm: async (file) => truncate(file, (await readFile(file)).length >> 1),
  },
  {
    name: 'another format',
    harm: async (file) => {
      const db = new DatabaseSync(file)
      db.exec("UPDATE meta SET value = '0' WHERE key = 'format'")
      db.close()
    },
  },
  {
    name: 'a table that is gone',
    harm: async (file) => {
      const db = new DatabaseSync(file)
      db.exec('DROP TABLE search')
      db.close()
    },
  },
]

for (const { name, harm } of damages)
  test(`${name}: the index has no mark, answers nothing that is wrong, and is built anew`, async () => {
    const { folder, file } = await builtFolder()
    try {
      await harm(file)
      const engine = openSqliteSearch({ folder })
      try {
        const mark = await engine.mark()
        if (mark === undefined) assert.equal((await asked(engine)).total, 0)
        else assert.equal(await neverWrong(engine), 'foreign')
        assert.equal(await engine.mark(), undefined)
        await rebuilt(engine)
      } finally {
        await engine.close()
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })

test('a page that was overwritten is noticed by whoever reads it, and from then on there is no mark', async () => {
  const { folder, file } = await builtFolder()
  try {
    const whole = await readFile(file)
    const pageSize = 8_192
    let noticed = 0
    for (let page = 1; page < whole.length / pageSize; page += 17) {
      const bytes = Buffer.from(whole)
      bytes.fill(0xa5, page * pageSize, (page + 1) * pageSize)
      await writeFile(file, bytes)
      await writeFile(join(folder, 'current'), file.slice(folder.length + 1))
      const engine = openSqliteSearch({ folder })
      try {
        // Where it was noticed when it was opened, there is no index, and nothing is found.
        const isThere = (await engine.mark()) !== undefined
        const found = isThere ? await neverWrong(engine) : 'foreign'
        if (!isThere) assert.equal((await asked(engine)).total, 0)
        assert.equal(await engine.mark(), found === 'right' ? firstMark : undefined)
        if (found === 'foreign') noticed++
      } finally {
        await engine.close()
      }
      if (!(await readdir(folder)).includes('current')) await writeFile(file, whole)
    }
    assert.ok(noticed > 0)
    const engine = openSqliteSearch({ folder })
    await rebuilt(engine)
    await engine.close()
    const again = openSqliteSearch({ folder })
    assert.equal(await neverWrong(again), 'right')
    await again.close()
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('where the folder was removed while it was used, another index is built in a new one', async () => {
  const { folder } = await builtFolder()
  const engine = openSqliteSearch({ folder })
  try {
    assert.equal(await neverWrong(engine), 'right')
    await rm(folder, { recursive: true })
    await rebuilt(engine)
    await engine.close()
    const again = openSqliteSearch({ folder })
    assert.equal(await neverWrong(again), 'right')
    await again.close()
  } finally {
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  }
})
