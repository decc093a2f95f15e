import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type Db, MongoClient } from 'mongodb'
import { openMongodbSearch } from '../../../src/adapters/search/mongodb/open-mongodb-search.ts'
import type { MongodbSearchOptions } from '../../../src/adapters/search/mongodb/search-options.ts'
import { SearchError, type SearchErrorKind } from '../../../src/ports/search/errors.ts'
import type { SearchEngine } from '../../../src/ports/search/search.ts'
import { asked, build, documentOf, firstMark, word } from '../../../src/ports/search/suite/harness.ts'
import { type FaultProxies, faultProxyTool, startFaultProxies } from '../../kit/servers/fault-proxy.ts'
import { freePort } from '../../kit/servers/free-port.ts'
import {
  type MongodbStandIn,
  mongodbStandInSkip,
  startMongodbStandIn,
} from '../../kit/servers/mongodb-stand-in.ts'
import { until } from '../../kit/until.ts'
import { type FrontCommand, type MongodbFront, refusal, startMongodbFront } from './mongodb-front.ts'

const isKind = (kind: SearchErrorKind) => (error: unknown) => {
  assert.ok(error instanceof SearchError, String(error))
  assert.equal(error.kind, kind, error.message)
  return true
}
const documents = ['one', 'two', 'three'].map((name) => documentOf(name, { words: { name } }))
const change = { do: 'put', document: documentOf('four', { words: { name: 'four' } }) } as const
const password = 'very-secret'

describe('search in MongoDB, where something is wrong', { skip: mongodbStandInSkip }, () => {
  let server: MongodbStandIn
  let front: MongodbFront
  let client: MongoClient
  before(async () => {
    server = await startMongodbStandIn()
    front = await startMongodbFront(server.port)
    client = new MongoClient(server.url)
  })
  after(async () => {
    await client?.close()
    await front?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  type Opened = SearchEngine & AsyncDisposable & { readonly database: string; readonly db: Db }
  const opened = async (options: Partial<MongodbSearchOptions> = {}): Promise<Opened> => {
    const { database = `lading-${randomUUID()}` } = options
    const engine = await openMongodbSearch({ url: server.url, ...options, database })
    return Object.assign(engine, {
      database,
      db: client.db(database),
      [Symbol.asyncDispose]: () => engine.close(),
    })
  }
  const state = (db: Db) => db.collection<{ _id: string; [field: string]: unknown }>('lading_search_state')
  const generationOf = async (db: Db): Promise<string> =>
    String((await state(db).findOne({ _id: 'index' }))?.['generation'])
  /** Collections of generations. */
  const collectionsIn = async (db: Db): Promise<readonly string[]> => {
    const all = await db.listCollections({}, { nameOnly: true }).toArray()
    return all.map(({ name }) => name).filter((name) => /_(?:docs|words)_/.test(name))
  }
  /** Until it is disposed of, these commands are answered so. */
  const meaning = (means: (command: FrontCommand) => Promise<object | undefined>): Disposable => {
    front.means = means
    return {
      [Symbol.dispose]: () => {
        front.means = async () => undefined
      },
    }
  }

  test('where nobody listens that is said, and nobody is told a password', async () => {
    const url = `mongodb://ada:${password}@127.0.0.1:${await freePort()}/`
    const isAway = (error: unknown): true => {
      isKind('unavailable')(error)
      const told = [String(error), String((error as Error).cause ?? ''), (error as Error).stack].join('\n')
      assert.ok(!told.includes(password), told)
      return true
    }
    await assert.rejects(openMongodbSearch({ url, waits: { connectMs: 300 } }), isAway)
    const unreadable = `mongodb://ada:${password}@host:port/`
    await assert.rejects(openMongodbSearch({ url: unreadable }), isKind('refused'))
  })

  test('while the connection is cut every question fails, and goes on once it is there again', {
    skip: faultProxyTool.skip,
  }, async () => {
    await using proxies: FaultProxies = await startFaultProxies()
    const proxy = await proxies.add(`127.0.0.1:${server.port}`)
    const waits = { connectMs: 400, queryMs: 2_000, changeMs: 1_000, queueMs: 1_000 }
    await using engine = await opened({ url: `mongodb://127.0.0.1:${proxy.port}/`, waits })
    await build(engine, documents)
    await proxy.cut()
    for (let times = 0; times < 3; times++) await assert.rejects(asked(engine), isKind('unavailable'))
    await assert.rejects(engine.mark(), isKind('unavailable'))
    await assert.rejects(engine.apply([change], firstMark, 'mark 2'), isKind('unavailable'))
    await proxy.recover()
    await until(async () => (await engine.mark().catch(() => undefined)) === firstMark)
    assert.equal((await asked(engine)).total, 3)
    await proxy.blackHole()
    const began = performance.now()
    await assert.rejects(asked(engine), isKind('timeout'))
    assert.ok(performance.now() - began < 10_000)
    await assert.rejects(engine.apply([change], firstMark, 'mark 2'))
    await assert.rejects(engine.rebuild())
    await proxy.recover()
    await until(async () => (await engine.apply([change], firstMark, 'mark 2').catch(() => '')) === 'applied')
    assert.equal((await asked(engine, { clauses: [word('four')] })).total, 1)
  })

  test('an engine is closed also where nothing answers any more', { skip: faultProxyTool.skip }, async () => {
    await using proxies: FaultProxies = await startFaultProxies()
    const proxy = await proxies.add(`127.0.0.1:${server.port}`)
    const waits = { connectMs: 400, queryMs: 30_000 }
    const engine = await opened({ url: `mongodb://127.0.0.1:${proxy.port}/`, waits })
    await build(engine, documents)
    await proxy.blackHole()
    const asking = assert.rejects(asked(engine), isKind('closed'))
    await engine.close()
    await asking
  })

  test('what takes the server too long is told, and so is what is given up at once', async () => {
    await using engine = await opened({ url: front.url, waits: { queryMs: 700 } })
    await build(engine, documents)
    const limits: unknown[] = []
    {
      using _slow = meaning(async ({ name, body }) => {
        limits.push(body['maxTimeMS'])
        return name === 'count' ? refusal(50, 'MaxTimeMSExpired', 'operation exceeded time limit') : undefined
      })
      await assert.rejects(asked(engine, { clauses: [word('one')] }), isKind('timeout'))
      assert.ok(
        limits.length > 1 && limits.every((ms) => Number(ms) > 0 && Number(ms) <= 700),
        String(limits),
      )
    }
    const { promise, resolve } = Promise.withResolvers<undefined>()
    {
      let waiting = 0
      using _silent = meaning(async ({ name }) => {
        if (name !== 'find') return undefined
        waiting++
        return await promise
      })
      await assert.rejects(engine.list(undefined, 1), isKind('timeout'))
      const ending = new AbortController()
      const reason = new Error('given up')
      const before: number = waiting
      const completing = engine.complete({ text: 'o', sight: [{}], limit: 1 }, ending.signal)
      await until(async () => waiting > before)
      ending.abort(reason)
      await assert.rejects(completing, reason)
    }
    resolve(undefined)
    for (let times = 0; times < 20; times++) assert.equal((await asked(engine)).total, 3)
  })

  test('whoever may not write is told what to grant, and reads nevertheless', async () => {
    await using engine = await opened({ url: front.url })
    await build(engine, documents)
    const writes = ['insert', 'update', 'delete', 'createIndexes', 'findAndModify', 'drop']
    using _reader = meaning(async ({ name }) =>
      writes.includes(name)
        ? refusal(13, 'Unauthorized', `not authorized on lading to execute command { ${name} }`)
        : undefined,
    )
    const told = (error: unknown): true => {
      isKind('refused')(error)
      assert.match(String(error), /give it the role readWrite/)
      return true
    }
    assert.equal((await asked(engine)).total, 3)
    await assert.rejects(engine.apply([change], firstMark, 'mark 2'), told)
    await assert.rejects(engine.rebuild(), told)
    assert.equal(await engine.mark(), firstMark)
  })

  test('an index of another format, or whose pointer is spoilt, is to be built, and answers nothing until it is', async () => {
    const spoilt: readonly Readonly<Record<string, unknown>>[] = [
      { format: 999 },
      { format: '1' },
      { generation: 7 },
      { generation: '$where' },
      { mark: null },
      { changes: 'x' },
    ]
    for (const each of spoilt) {
      const told = JSON.stringify(each)
      await using engine = await opened()
      await build(engine, documents)
      const before = await generationOf(engine.db)
      await state(engine.db).updateOne({ _id: 'index' }, { $set: each })
      assert.equal(await engine.mark(), undefined, told)
      await assert.rejects(asked(engine), isKind('foreign'), told)
      await assert.rejects(engine.list(undefined, 1), isKind('foreign'), told)
      await assert.rejects(engine.apply([change], firstMark, 'mark 2'), isKind('foreign'), told)
      await build(engine, documents, 'mark 5')
      assert.equal(await engine.mark(), 'mark 5', told)
      assert.equal((await asked(engine)).total, 3, told)
      assert.notEqual(await generationOf(engine.db), before)
    }
  })

  test('an index of which a collection or an index is gone is to be built, whichever it is, and does not look empty', async () => {
    for (const what of ['docs', 'words']) {
      await using engine = await opened()
      await build(engine, documents)
      await engine.db.dropCollection(`lading_search_${what}_${await generationOf(engine.db)}`)
      assert.equal(await engine.mark(), undefined, what)
      if (what === 'docs') await assert.rejects(asked(engine), isKind('foreign'))
      await build(engine, documents, 'mark 5')
      assert.equal(await engine.mark(), 'mark 5', what)
      assert.equal((await asked(engine)).total, 3, what)
    }
    await using slow = await opened()
    await build(slow, documents)
    await slow.db.collection(`lading_search_docs_${await generationOf(slow.db)}`).dropIndex('words')
    assert.equal(await slow.mark(), undefined)
    await using empty = await opened()
    await build(empty, [])
    assert.deepEqual([await empty.mark(), (await asked(empty)).total], [firstMark, 0])
  })

  test('questions are answered while others build it anew, again and again, and only one index remains', async () => {
    await using engine = await opened()
    await using other = await opened({ database: engine.database })
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
    const generation = await generationOf(engine.db)
    await build(other, documents, 'last')
    const left = await collectionsIn(engine.db)
    assert.ok(!left.some((name) => name.endsWith(`_${generation}`)))
    assert.equal(left.length, 2, left.join(' '))
  })

  test('of two that build it at once both have, one after the other, and one index remains', async () => {
    await using engine = await opened()
    await using other = await opened({ database: engine.database })
    const both = await Promise.all([engine.rebuild(), other.rebuild()])
    await Promise.all(both.map((one, at) => one.add([documentOf(`d${at}`)])))
    await Promise.all(both.map((one, at) => one.finish(`mark ${at}`)))
    for (const one of both) await one[Symbol.asyncDispose]()
    const mark = await engine.mark()
    assert.deepEqual(await engine.list(undefined, 9), [{ id: `d${mark?.at(-1)}`, version: 1 }])
    assert.deepEqual(await other.list(undefined, 9), await engine.list(undefined, 9))
    assert.equal((await collectionsIn(engine.db)).length, 2)
  })

  test('what a process has gathered that is gone is thrown away by the next one, and what is nobody’s', async () => {
    await using engine = await opened({ waits: { abandonedMs: -1_000 } })
    await build(engine, documents)
    const abandoned = await engine.rebuild()
    await abandoned.add(documents)
    // As a change leaves it that comes too late.
    await engine.db.collection('lading_search_docs_0123456789abcdef01234567').insertOne({})
    await engine.db.collection('lading_search_docs_others').insertOne({})
    assert.equal((await collectionsIn(engine.db)).length, 2 * 2 + 2)
    await build(engine, documents, 'mark 5')
    const generation = await generationOf(engine.db)
    assert.deepEqual([...(await collectionsIn(engine.db))].sort(), [
      `lading_search_docs_${generation}`,
      'lading_search_docs_others',
      `lading_search_words_${generation}`,
    ])
    await assert.rejects(abandoned.add(documents), isKind('foreign'))
    await assert.rejects(abandoned.finish('mark 6'), isKind('foreign'))
    await abandoned[Symbol.asyncDispose]()
    assert.equal(await engine.mark(), 'mark 5')
    assert.equal((await asked(engine)).total, 3)
  })

  test('a rebuild is killed at any command, and the index is the old or the new one, whole', async () => {
    let killedAt = 1
    for (let commands = 1; commands >= killedAt - 1; killedAt++) {
      await using engine = await opened({ url: front.url, waits: { abandonedMs: -1_000 } })
      await build(engine, [documentOf('old')], 'old')
      commands = 0
      {
        using _killed = meaning(async () =>
          ++commands < killedAt ? undefined : refusal(24, 'LockTimeout', 'it is over'),
        )
        await build(engine, documents, 'new').catch(isKind('unavailable'))
      }
      const mark = await engine.mark()
      const ids = (await engine.list(undefined, 9)).map(({ id }) => id)
      assert.deepEqual(ids, mark === 'new' ? ['one', 'three', 'two'] : ['old'], `killed at ${killedAt}`)
      await build(engine, documents, 'again')
      assert.equal(await engine.mark(), 'again')
      assert.equal((await asked(engine)).total, 3)
      const told = `killed at ${killedAt} of ${commands}`
      assert.equal((await collectionsIn(engine.db)).length, 2, told)
    }
    assert.ok(killedAt > 12, `${killedAt} commands`)
  })

  test('a change is killed at any command, and the next one goes on from the mark', async () => {
    const changes = [change, { do: 'remove', id: 'one', version: 2 } as const]
    let killedAt = 1
    for (let commands = 1; commands >= killedAt - 1; killedAt++) {
      await using engine = await opened({ url: front.url })
      await build(engine, documents)
      commands = 0
      {
        using _killed = meaning(async () =>
          ++commands < killedAt ? undefined : refusal(24, 'LockTimeout', 'it is over'),
        )
        await engine.apply(changes, firstMark, 'mark 2').catch(isKind('unavailable'))
      }
      if ((await engine.mark()) === firstMark)
        assert.equal(await engine.apply(changes, firstMark, 'mark 2'), 'applied')
      assert.equal(await engine.mark(), 'mark 2')
      const ids = (await engine.list(undefined, 9)).map(({ id }) => id)
      assert.deepEqual(ids, ['four', 'three', 'two'], `killed at ${killedAt}`)
    }
    assert.ok(killedAt > 4, `${killedAt} commands`)
  })

  test('who comes too late with a change brings nothing back, and what is made at once is the newer one', async () => {
    await using engine = await opened({ url: front.url })
    await build(engine, documents)
    const { database } = engine
    await using other = await opened({ database })
    // Its mark is read, then others go on.
    const held = Promise.withResolvers<undefined>()
    let holding = 0
    {
      using _held = meaning(async ({ name }) => {
        if (name !== 'update') return undefined
        holding++
        return await held.promise
      })
      // One that the index has had, and one that it has not.
      const ids = ['one', 'five']
      const older = ids.map((id) => {
        const document = documentOf(id, { version: 2, words: { name: 'older' } })
        return { do: 'put', document } as const
      })
      const applying = engine.apply(older, firstMark, 'mark 2')
      await until(async () => holding > 0)
      const gone = ids.map((id) => ({ do: 'remove', id, version: 3 }) as const)
      assert.equal(await other.apply(gone, firstMark, 'mark 3'), 'applied')
      held.resolve(undefined)
      assert.equal(await applying, 'moved')
    }
    assert.equal((await asked(engine, { clauses: [word('older')] })).total, 0)
    assert.equal(await engine.mark(), 'mark 3')
    // Two make the same document at once: the server tells the second one that the id is taken.
    const docs = engine.db.collection<{ _id: string }>(`lading_search_docs_${await generationOf(engine.db)}`)
    const older = { ...(await docs.findOne({ _id: 'two' })), _id: 'four', version: 0 }
    let made = false
    using _made = meaning(async ({ name, body }) => {
      if (name !== 'update' || made || !String(body['update']).includes('_docs_')) return undefined
      made = true
      await docs.insertOne(older)
      const writeErrors = [{ index: 0, code: 11_000, errmsg: 'E11000 duplicate key error' }]
      return { ok: 1, n: 0, nModified: 0, writeErrors }
    })
    assert.equal(await engine.apply([change], 'mark 3', 'mark 4'), 'applied')
    assert.ok(made)
    assert.deepEqual(
      (await engine.list(undefined, 9)).map(({ id, version }) => [id, version]),
      [
        ['four', 1],
        ['three', 1],
        ['two', 1],
      ],
    )
    assert.equal((await asked(engine, { clauses: [word('four')] })).total, 1)
  })

  test('as much as may be asked at once is answered', async () => {
    await using engine = await opened({ waits: { queryMs: 20_000 } })
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
