import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openPostgresqlSearch } from '../../../src/adapters/search/postgresql/open-postgresql-search.ts'
import type { PostgresqlSearchOptions } from '../../../src/adapters/search/postgresql/search-options.ts'
import { wholeSight } from '../../../src/domain/search.ts'
import { SearchError, type SearchErrorKind } from '../../../src/ports/search/errors.ts'
import type { Clause, SearchEngine } from '../../../src/ports/search/search.ts'
import {
  answersWithinMs,
  asked,
  build,
  documentOf,
  firstMark,
  phrase,
  word,
} from '../../../src/ports/search/suite/harness.ts'
import { freePort } from '../../kit/servers/free-port.ts'
import {
  type PostgresqlServer,
  postgresqlSkip,
  startPostgresqlServer,
} from '../../kit/servers/postgresql-server.ts'
import { until } from '../../kit/until.ts'

const isKind = (kind: SearchErrorKind) => (error: unknown) => {
  assert.ok(error instanceof SearchError, String(error))
  assert.equal(error.kind, kind, error.message)
  return true
}
const documents = ['one', 'two', 'three'].map((name) => documentOf(name, { words: { name } }))
const change = { do: 'put', document: documentOf('four', { words: { name: 'four' } }) } as const

describe('search in PostgreSQL, where something is wrong', { skip: postgresqlSkip }, () => {
  let server: PostgresqlServer
  let indexes = 0
  before(async () => {
    server = await startPostgresqlServer({ settings: ['max_connections=60'] })
  })
  after(() => server[Symbol.asyncDispose]())

  const opened = async (
    options: Partial<PostgresqlSearchOptions> = {},
  ): Promise<SearchEngine & AsyncDisposable & { readonly schema: string }> => {
    const schema = options.schema ?? `faults_${++indexes}`
    const engine = await openPostgresqlSearch({ url: server.url, schema, ...options })
    return Object.assign(engine, { schema, [Symbol.asyncDispose]: () => engine.close() })
  }
  const generationOf = async (schema: string): Promise<string> => {
    const [row] = await server.query(`SELECT generation FROM ${schema}.lading_search_state`)
    return String(row?.['generation'])
  }
  /** Those of generations. */
  const tablesIn = async (schema: string): Promise<readonly string[]> => {
    const rows = await server.query(
      `SELECT relname FROM pg_class WHERE relkind IN ('r', 'S') AND relnamespace = '${schema}'::regnamespace ORDER BY 1`,
    )
    return rows.map(({ relname }) => String(relname)).filter((name) => /_\d+$/.test(name))
  }

  test('words lie beside the rows that are counted, of those that are built and of those that are written anew', async () => {
    await using engine = await opened()
    const text = Array.from({ length: 20 }, (_, at) => `word${at}`).join(' ')
    const [many, said] = [
      600,
      (at: number, own: string) => ({ words: { description: `${own}${at} ${text}` } }),
    ]
    await build(
      engine,
      Array.from({ length: many }, (_, at) => documentOf(`d${at}`, said(at, 'built'))),
    )
    const anew = async (version: number, descriptionOf: (at: number) => string): Promise<void> => {
      const changes = Array.from({ length: many / 2 }, (_, at) => {
        const words = { description: descriptionOf(at) }
        return { do: 'put' as const, document: documentOf(`d${at}`, { words, version }) }
      })
      assert.equal(await engine.apply(changes, firstMark, firstMark), 'applied')
    }
    // Few words may stand in a row, and leave it again.
    await anew(2, () => 'few')
    await anew(3, (at) => said(at, 'anew').words.description)
    const docs = `${engine.schema}.lading_search_docs_${await generationOf(engine.schema)}`
    const [row] = await server.query(
      `SELECT count(pg_column_toast_chunk_id(lex)) AS apart, count(pg_column_toast_chunk_id(filling)) AS filled FROM ${docs}`,
    )
    assert.deepEqual([Number(row?.['apart']), Number(row?.['filled'])], [many, 0])
    assert.equal((await asked(engine, { clauses: [word('anew7')] })).total, 1)
    assert.equal((await asked(engine, { clauses: [word('built7')] })).total, 0)
  })

  test('how many have a phrase or a word is counted without their words', async () => {
    await using engine = await opened()
    const text = Array.from({ length: 20 }, (_, at) => `word${at}`).join(' ')
    const many = 600
    await build(
      engine,
      Array.from({ length: many }, (_, at) =>
        documentOf(`d${at}`, { words: { description: `own${at % 2} ${text}` } }),
      ),
    )
    const docs = `${engine.schema}.lading_search_docs_${await generationOf(engine.schema)}`
    const read = async (): Promise<{ rows: number; words: number }> => {
      const [row] = await server.query(
        `SELECT heap_blks_read + heap_blks_hit AS rows, toast_blks_read + toast_blks_hit AS words FROM pg_statio_all_tables WHERE relid = '${docs}'::regclass`,
      )
      return { rows: Number(row?.['rows']), words: Number(row?.['words']) }
    }
    /** The server tells of it a moment later. */
    const readFor = async (clause: Clause, had: number): Promise<number> => {
      const before = await read()
      await until(async () => {
        const signal = AbortSignal.timeout(answersWithinMs)
        assert.deepEqual(await engine.having({ clauses: [clause], sight: wholeSight }, signal), [had])
        return (await read()).rows > before.rows
      })
      return (await read()).words - before.words
    }
    // With what has built it.
    await readFor(word('own0'), many / 2)
    const alternatives = [...phrase('own0 word0').alternatives, ...word('own1').alternatives]
    assert.equal(await readFor({ alternatives }, many), 0)
  })

  test('a server that stops makes every question fail, and once it runs again all is as it was', async () => {
    await using engine = await opened({ waits: { queueMs: 2_000, connectMs: 2_000 } })
    await build(engine, documents)
    await Promise.all(Array.from({ length: 8 }, () => asked(engine)))
    await server.stop()
    for (let times = 0; times < 3; times++) await assert.rejects(asked(engine), isKind('unavailable'))
    await assert.rejects(engine.mark(), isKind('unavailable'))
    await assert.rejects(engine.apply([change], firstMark, 'mark 2'), isKind('unavailable'))
    await server.start()
    await until(async () => (await engine.mark().catch(() => undefined)) === firstMark)
    assert.equal((await asked(engine)).total, 3)
    assert.equal(await engine.apply([change], firstMark, 'mark 2'), 'applied')
    assert.equal((await asked(engine, { clauses: [word('four')] })).total, 1)
  })

  test('connections that the server has ended are replaced', async () => {
    await using engine = await opened()
    await build(engine, documents)
    await server.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'lading'`,
    )
    await until(async () => (await asked(engine).catch(() => undefined))?.total === 3)
  })

  test('a question that takes too long is ended, and the next one is answered', async () => {
    await using engine = await opened({ waits: { queryMs: 300 } })
    await build(engine, documents)
    await using lock = await heldLock(server, engine.schema, await generationOf(engine.schema))
    await assert.rejects(asked(engine), isKind('timeout'))
    await assert.rejects(engine.list(undefined, 1), isKind('timeout'))
    await lock.release()
    assert.equal((await asked(engine)).total, 3)
  })

  test('a question that is given up is over at once, and soon for the server too', async () => {
    await using engine = await opened({ waits: { queryMs: 60_000 }, limits: { connections: 1 } })
    await build(engine, documents)
    await using lock = await heldLock(server, engine.schema, await generationOf(engine.schema))
    const reason = new Error('given up')
    const waiting = async (): Promise<boolean> => {
      const rows = await server.query(
        `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'lading'`,
      )
      return rows.length > 0
    }
    const ending = new AbortController()
    const asking = engine.complete({ text: 'o', sight: [{}], limit: 1 }, ending.signal)
    const query = { clauses: [], atLeast: 0, without: [], filter: { facets: [], ranges: [] } }
    const rest = { sight: [{}], names: [], sort: 'relevance', back: false, limit: 1, facets: [] } as const
    // No connection is free for it.
    const queued = engine.query({ ...query, ...rest }, ending.signal)
    await until(waiting)
    ending.abort(reason)
    await assert.rejects(asking, reason)
    await assert.rejects(queued, reason)
    await until(async () => !(await waiting()))
    await lock.release()
    assert.equal((await asked(engine)).total, 3)
  })

  test('who waits for a connection in vain is told that all are in use', async () => {
    await using engine = await opened({
      waits: { queueMs: 200, queryMs: 20_000 },
      limits: { connections: 1 },
    })
    await build(engine, documents)
    await using lock = await heldLock(server, engine.schema, await generationOf(engine.schema))
    const first = asked(engine)
    await assert.rejects(
      asked(engine),
      (error) => isKind('timeout')(error) && /all 1 connections/.test(String(error)),
    )
    await lock.release()
    assert.equal((await first).total, 3)
  })

  test('whoever may not make tables is told what to grant, and nobody is told a password', async () => {
    await server.query(`CREATE ROLE reader LOGIN PASSWORD 'very-secret'`)
    await server.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
    const { port } = server
    const url = `postgres://reader:very-secret@127.0.0.1:${port}/postgres`
    const told = (error: unknown): true => {
      isKind('refused')(error)
      assert.match(String(error), /GRANT CREATE, USAGE ON SCHEMA/)
      assert.ok(!String(error).includes('very-secret'))
      return true
    }
    await assert.rejects(openPostgresqlSearch({ url }), told)
    await assert.rejects(openPostgresqlSearch({ url, schema: 'its_own' }), told)
    await using engine = await opened()
    await build(engine, documents)
    await server.query(`GRANT USAGE ON SCHEMA ${engine.schema} TO reader`)
    await server.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${engine.schema} TO reader`)
    await using reading = await opened({ url, schema: engine.schema })
    assert.equal((await asked(reading)).total, 3)
    await assert.rejects(reading.apply([change], firstMark, 'mark 2'), told)
    await assert.rejects(reading.rebuild(), told)
  })

  test('where nobody listens that is said, and where the database is not there', async () => {
    const nobody = `postgres://a:very-secret@127.0.0.1:${await freePort()}/postgres`
    const isAway = (error: unknown): true => {
      isKind('unavailable')(error)
      assert.ok(!String(error).includes('very-secret'))
      return true
    }
    await assert.rejects(openPostgresqlSearch({ url: nobody }), isAway)
    await assert.rejects(openPostgresqlSearch({ url: `${server.url}_none` }), isKind('refused'))
    await assert.rejects(openPostgresqlSearch({ url: `${server.url}?sslmode=prefer` }), isKind('refused'))
  })

  test('an index of another format is to be built, and answers nothing until it is', async () => {
    await using engine = await opened()
    await build(engine, documents)
    await server.query(`UPDATE ${engine.schema}.lading_search_state SET format = 999`)
    assert.equal(await engine.mark(), undefined)
    await assert.rejects(asked(engine), isKind('foreign'))
    await assert.rejects(engine.apply([change], firstMark, 'mark 2'), isKind('foreign'))
    await build(engine, documents, 'mark 5')
    assert.equal(await engine.mark(), 'mark 5')
    assert.equal((await asked(engine)).total, 3)
  })

  test('an index of which a table is gone is to be built, whichever table it is', async () => {
    for (const what of ['docs', 'texts', 'words', 'labels', 'begins', 'gone']) {
      await using engine = await opened()
      await build(engine, documents)
      const table = `${engine.schema}.lading_search_${what}_${await generationOf(engine.schema)}`
      await server.query(`DROP TABLE ${table}`)
      assert.equal(await engine.mark(), undefined, what)
      if (what === 'docs') await assert.rejects(asked(engine), isKind('foreign'))
      await build(engine, documents, 'mark 5')
      assert.equal(await engine.mark(), 'mark 5', what)
      assert.equal((await asked(engine)).total, 3, what)
    }
  })

  test('questions are answered while others build it anew, again and again, and only one index remains', async () => {
    await using engine = await opened()
    await using other = await opened({ schema: engine.schema })
    await build(engine, documents)
    let isOver = false
    const askers = Array.from({ length: 3 }, async () => {
      let times = 0
      for (; !isOver; times++) {
        const { total, hits } = await asked(engine, { clauses: [word('one')] })
        assert.deepEqual([total, hits.length], [1, 1])
        assert.equal((await engine.list(undefined, 9)).length, 3)
      }
      return times
    })
    for (let times = 0; times < 8; times++) await build(other, documents, `mark ${times}`)
    isOver = true
    for (const times of await Promise.all(askers)) assert.ok(times > 0)
    const generation = await generationOf(engine.schema)
    await build(other, documents, 'last')
    const left = await tablesIn(engine.schema)
    assert.ok(!left.some((name) => name.endsWith(`_${generation}`)))
    assert.equal(left.length, 7, left.join(' '))
  })

  test('what is gathered is not gone through again for what comes after it', async () => {
    await using engine = await opened()
    const rebuilding = await engine.rebuild()
    const batches = 30
    for (let batch = 0; batch < batches; batch++)
      await rebuilding.add(documents.map((document) => ({ ...document, id: `${document.id} ${batch}` })))
    const read = async (): Promise<{ readonly inserted: number; readonly gone: number }> => {
      const [row] = await server.query(
        `SELECT sum(n_tup_ins) AS inserted, sum(seq_tup_read) AS gone FROM pg_stat_user_tables
          WHERE schemaname = '${engine.schema}' AND relname ~ '_(docs|texts)_'`,
      )
      return { inserted: Number(row?.['inserted']), gone: Number(row?.['gone']) }
    }
    // The server tells of both at once, some time after.
    await until(async () => (await read()).inserted >= 2 * batches * documents.length)
    assert.equal((await read()).gone, 0)
    await rebuilding.finish('mark')
    assert.equal((await asked(engine)).total, batches * documents.length)
  })

  test('what a process has gathered that is gone is thrown away by the next one', async () => {
    await using engine = await opened({ waits: { abandonedMs: 0 } })
    await build(engine, documents)
    const abandoned = await engine.rebuild()
    await abandoned.add(documents)
    const before = await tablesIn(engine.schema)
    await build(engine, documents, 'mark 5')
    const now = await tablesIn(engine.schema)
    assert.equal(before.length, 2 * 7)
    assert.equal(now.length, 7)
    await assert.rejects(abandoned.add(documents), isKind('foreign'))
    assert.equal((await asked(engine)).total, 3)
  })

  test('as much as may be asked at once is answered', async () => {
    await using engine = await opened()
    await build(engine, documents)
    const alternatives = Array.from({ length: 64 }, (_, at) => ({
      words: at === 0 ? ['one'] : [`a${at}`, `b${at}`, 'c'],
      prefix: at % 2 === 1,
      weight: 1,
    }))
    const clauses = Array.from({ length: 32 }, () => ({ alternatives }))
    for (const atLeast of [32, 31, 16, 1]) {
      const { total } = await asked(engine, {
        clauses,
        atLeast,
        without: [{ alternatives: alternatives.slice(1) }],
      })
      assert.equal(total, 1)
    }
    const keys = Array.from({ length: 256 }, (_, at) => `key ${at}`)
    const filter = { facets: [{ facet: 'kind', keys: [...keys, 'skill'] }], ranges: [] } as const
    assert.equal((await asked(engine, { filter, facets: ['kind'] })).total, 3)
  })
})

/** Nobody reads or writes the documents until it is let go. */
async function heldLock(
  server: PostgresqlServer,
  schema: string,
  generation: string,
): Promise<AsyncDisposable & { release(): Promise<void> }> {
  const { Client } = await import('pg')
  const client = new Client({ connectionString: server.url })
  await client.connect()
  await client.query('BEGIN')
  await client.query(
    `LOCK TABLE ${schema}.lading_search_docs_${generation}, ${schema}.lading_search_begins_${generation}`,
  )
  let isOver = false
  const release = async (): Promise<void> => {
    if (!isOver) await client.end()
    isOver = true
  }
  return { release, [Symbol.asyncDispose]: release }
}
