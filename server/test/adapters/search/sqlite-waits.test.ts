import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { openSqliteSearch } from '../../../src/adapters/search/sqlite/open-sqlite-search.ts'
import type { SqliteSearchOptions } from '../../../src/adapters/search/sqlite/search-bounds.ts'
import { SearchError } from '../../../src/ports/search/errors.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { asked, build, documentOf, word } from '../../../src/ports/search/suite/harness.ts'

const isOf =
  (kind: string) =>
  (error: unknown): boolean =>
    error instanceof SearchError && error.kind === kind

/** An index that was built, opened with other bounds. */
async function withIndex(
  bounds: Partial<SqliteSearchOptions>,
  check: (engine: SearchEngine, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-search-'))
  try {
    const first = openSqliteSearch({ folder })
    await build(
      first,
      Array.from({ length: 600 }, (_, at) => documentOf(`d${at}`, { words: { name: 'word' } })),
    )
    await first.close()
    const engine = openSqliteSearch({ folder, ...bounds })
    try {
      await check(engine, folder)
    } finally {
      await engine.close()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const everything = {
  clauses: [],
  atLeast: 0,
  without: [],
  filter: { facets: [], ranges: [] },
  sight: [{}],
  names: [],
  sort: 'relevance',
  back: false,
  limit: 10,
  facets: [],
} as const

test('who gives up a question has the reason at once, and the next one is answered', async () => {
  await withIndex({}, async (engine) => {
    const abort = new AbortController()
    const given = engine.query(everything, abort.signal)
    const reason = new Error('given up')
    abort.abort(reason)
    await assert.rejects(given, (error) => error === reason)
    assert.equal((await asked(engine)).total, 600)
  })
})

test('an answer that takes longer than the bound is told as such', async () => {
  // The thread has to start first, and it takes longer than that.
  await withIndex({ answerWithinMs: 1 }, async (engine) => {
    await assert.rejects(async () => await asked(engine), isOf('timeout'))
  })
})

test('more questions than may wait are refused, those that wait are answered', async () => {
  await withIndex({ waiting: 2 }, async (engine) => {
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => asked(engine)))
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    assert.ok(refused.length >= 2)
    for (const one of refused) if (one.status === 'rejected') assert.ok(isOf('unavailable')(one.reason))
    assert.equal((await asked(engine)).total, 600)
  })
})

test('several readers see what was applied before they were asked', async () => {
  await withIndex({ readers: 2 }, async (engine) => {
    for (let at = 0; at < 5; at++) {
      const document = documentOf('d1', { version: 2 + at, words: { name: `now${at}` } })
      const from = (await engine.mark()) ?? ''
      assert.equal(await engine.apply([{ do: 'put', document }], from, `state ${at}`), 'applied')
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => asked(engine, { clauses: [word(`now${at}`)] })),
      )
      assert.deepEqual(
        answers.map(({ total }) => total),
        [1, 1, 1, 1, 1, 1],
      )
    }
  })
})

test('questions are answered while an index is built and takes its place, each of one of the two', async () => {
  await withIndex({}, async (engine, folder) => {
    let isDone = false
    const totals = new Set<number>()
    const asking = (async () => {
      while (!isDone) totals.add((await asked(engine)).total)
    })()
    await build(
      engine,
      Array.from({ length: 5_000 }, (_, at) => documentOf(`n${at}`)),
      'mark 2',
    )
    assert.equal((await asked(engine)).total, 5_000)
    isDone = true
    await asking
    assert.ok([...totals].every((total) => total === 600 || total === 5_000))
    assert.ok(totals.has(600))
    assert.equal((await readdir(folder)).filter((name) => name.endsWith('.db')).length, 1)
  })
})

test('an id that is given twice makes a building fail, and the index stays', async () => {
  await withIndex({}, async (engine) => {
    await assert.rejects(build(engine, [documentOf('a'), documentOf('a')], 'mark 2'), SearchError)
    assert.equal((await asked(engine)).total, 600)
    assert.equal(await engine.mark(), 'mark 1')
  })
})

test('an index that is closed while one is built leaves nothing of that', async () => {
  await withIndex({}, async (engine, folder) => {
    const rebuilding = await engine.rebuild()
    await rebuilding.add([documentOf('a')])
    await engine.close()
    await assert.rejects(rebuilding.finish('mark 2'), isOf('closed'))
    assert.equal((await readdir(folder)).filter((name) => name.endsWith('.db')).length, 1)
  })
})

test('an index that nobody asks keeps no process alive', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lading-search-'))
  try {
    const program = join(import.meta.dirname, 'sqlite-child.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [program, folder, 'ask'], {
      timeout: 60_000,
    })
    assert.equal(stdout.trim(), 'mark 0\nfound 300')
  } finally {
    await rm(folder, { recursive: true })
  }
})
