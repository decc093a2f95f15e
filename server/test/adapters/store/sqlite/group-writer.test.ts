import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { checkedBatch } from '../../../../src/adapters/store/shared/checked-batch.ts'
import { declared } from '../../../../src/adapters/store/shared/declared.ts'
import { openForReading, openForWriting } from '../../../../src/adapters/store/sqlite/connection.ts'
import { groupLength, groupLimits } from '../../../../src/adapters/store/sqlite/group.ts'
import { type Answer, GroupWriter } from '../../../../src/adapters/store/sqlite/group-writer.ts'
import { migrate } from '../../../../src/adapters/store/sqlite/migrate.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { insert, patch, remove } from '../../../../src/ports/store/change.ts'
import type { Change, Survives } from '../../../../src/ports/store/store.ts'
import { chance } from '../../../../src/ports/store/suite/harness.ts'
import { counter, counters, item, items, sampleSchema } from '../../../../src/ports/store/suite/sample.ts'
import { leftAmongOld } from '../../../kit/old-garbage.ts'
import { temporaryFolder } from './sqlite-harness.ts'

const schema = declared(sampleSchema)
const start = Date.UTC(2030, 0)
const done: Answer = { ok: true }

interface Bench extends AsyncDisposable {
  readonly writer: GroupWriter
  /** What COMMIT does the next time, and each time after: the last stays. */
  readonly commits: ((go: () => void) => void)[]
  /** Whether a new connection can be had. */
  reachable: boolean
  /** Whether it is one that cannot write. */
  readOnly: boolean
  /** Whether it is one that takes nothing in. */
  queryOnly: boolean
  /** What the commit after an I/O error does, the next time. */
  readonly again: ((go: () => void) => void)[]
  readonly connection: DatabaseSync | undefined
  reserve: { giveUp(): boolean }
  trouble: 'full' | 'denied' | undefined
  /** How many pages the next connection finds room for. */
  pages: number
  /** The rows on the disk, by another connection. */
  rows(): [string, number][]
  idCount(): number
  /** The rows of the database alone, without its write-ahead log. */
  rowsWithoutLog(): Promise<[string, number][]>
}

async function bench(): Promise<Bench> {
  const folder = await temporaryFolder()
  const file = join(folder.path, 'lading.db')
  const setup = openForWriting(file)
  migrate(setup, file, sampleSchema)
  setup.close()
  const commits: Bench['commits'] = []
  let last: DatabaseSync | undefined
  const open = (): DatabaseSync => {
    if (!made.reachable) throw fault('unable to open database file', 14)
    const db = made.readOnly ? openForReading(file) : openForWriting(file)
    last = db
    if (made.queryOnly) db.exec('PRAGMA query_only = 1')
    if (!made.readOnly) db.exec(`PRAGMA max_page_count = ${made.pages}`)
    return new Proxy(db, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target)
        if (name === 'exec') {
          return (sql: string) => {
            const go = (): void => target.exec(sql)
            if (sql.endsWith('; COMMIT')) return (made.again.shift() ?? ((run) => run()))(go)
            if (sql !== 'COMMIT') return go()
            return (commits.shift() ?? ((run) => run()))(go)
          }
        }
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  }
  const rowsSql = 'SELECT id, n FROM counters ORDER BY id'
  const pairs = (rows: Record<string, unknown>[]): [string, number][] =>
    rows.map((row) => Object.values(row) as [string, number])
  const read = (sql: string, from = file): Record<string, unknown>[] => {
    const db = new DatabaseSync(from, { readOnly: true })
    try {
      return db.prepare(sql).all()
    } finally {
      db.close()
    }
  }
  const made: Bench = {
    writer: new GroupWriter({
      schema,
      open,
      reserve: { giveUp: () => made.reserve.giveUp() },
      trouble: () => made.trouble,
    }),
    commits,
    reachable: true,
    readOnly: false,
    queryOnly: false,
    again: [],
    get connection() {
      return last
    },
    reserve: { giveUp: () => false },
    trouble: undefined,
    pages: 100_000,
    rows: () => pairs(read(rowsSql)),
    rowsWithoutLog: async () => {
      const alone = join(folder.path, 'alone.db')
      await copyFile(file, alone)
      return pairs(read(rowsSql, alone))
    },
    idCount: () => read('SELECT id FROM "_batches"').length,
    [Symbol.asyncDispose]: async () => {
      made.writer.close()
      await folder[Symbol.asyncDispose]()
    },
  }
  return made
}

const fault = (message: string, errcode: number): Error => Object.assign(new Error(message), { errcode })
const batch = (...changes: Change[]): ReturnType<typeof checkedBatch> =>
  checkedBatch(schema, newBatchId(start, chance), changes, start)
const adding = (...ids: string[]): ReturnType<typeof batch>[] =>
  ids.map((id) => batch(insert(counters, counter(id))))
const errorsOf = (answers: readonly Answer[]): string[] =>
  answers.map((answer) => ('error' in answer ? answer.error : JSON.stringify(answer)))

/** SQLITE_IOERR_FSYNC: the commit is or is not on the disk. */
const lostBefore = (): void => {
  throw fault('disk I/O error', 1034)
}
const lostAfter = (go: () => void): void => {
  go()
  throw fault('disk I/O error', 1034)
}

describe('a group', () => {
  test('shares one transaction, and a batch that fails in it takes nothing else along', async () => {
    await using made = await bench()
    const twice = batch(insert(counters, counter('a', 1)))
    const half = batch(insert(counters, counter('half')), patch(counters, ['none'], { add: { n: 1 } }))
    const [b] = adding('b')
    const over = batch(patch(counters, ['a'], { add: { n: Number.MAX_SAFE_INTEGER } }))
    const answers = made.writer.run([twice, half, b!, twice, over], start)
    assert.deepEqual(answers.slice(0, 4), [done, { ok: false, change: 1, why: 'missing' }, done, done])
    assert.deepEqual(errorsOf(answers.slice(4)), ['permanent'])
    assert.deepEqual(made.rows(), [
      ['a', 1],
      ['b', 0],
    ])
    assert.deepEqual(made.writer.counts, { groups: 1, batches: 5 })
  })

  test('of which every batch failed writes nothing', async () => {
    await using made = await bench()
    const answers = made.writer.run([batch(remove(counters, ['a'])), batch(remove(counters, ['b']))], start)
    assert.deepEqual(answers, Array(2).fill({ ok: false, change: 0, why: 'missing' }))
    assert.deepEqual(made.writer.counts, { groups: 0, batches: 0 })
    assert.deepEqual(made.writer.run(adding('a'), start), [done])
  })

  test('leaves nothing to the full collection of what it wrote', async () => {
    await using made = await bench()
    assert.deepEqual(made.writer.run(adding('a'), start), [done])
    const moves = [1, -1].map((n) => [batch(patch(counters, ['a'], { add: { n } }))])
    const unflushed = moves.map((group) => group.map((each) => ({ ...each, survives: 'process' as const })))
    let serial = 0
    const left = leftAmongOld(3_000, (at) => {
      const group = (unflushed[at % 2] ?? []).map((each) => ({
        ...each,
        id: newBatchId(start + ++serial, chance),
      }))
      assert.ok('ok' in (made.writer.run(group, start)[0] ?? {}))
    })
    assert.ok(left < 40, `${left} bytes a group`)
  })

  test('ends at 256 batches or 4 MiB, and holds one batch at least', () => {
    const sized = (...bytes: number[]): { bytes: number }[] => bytes.map((each) => ({ bytes: each }))
    assert.equal(groupLength(sized(1)), 1)
    assert.equal(groupLength(sized(1, 1, 1)), 3)
    assert.equal(groupLength(sized(...Array(300).fill(1))), groupLimits.batches)
    assert.equal(groupLength(sized(groupLimits.bytes, 1)), 1)
    assert.equal(groupLength(sized(groupLimits.bytes - 1, 1, 1)), 2)
    assert.equal(groupLength(sized(2 * groupLimits.bytes, 1)), 1)
    assert.equal(groupLength([]), 0)
  })
})

describe('an I/O error at COMMIT', () => {
  test('that kept the group from the disk is told as transient, and nothing was applied', async () => {
    await using made = await bench()
    assert.deepEqual(made.writer.run(adding('before'), start), [done])
    made.commits.push(lostBefore)
    const group = [...adding('a', 'b'), batch(remove(counters, ['none']))]
    assert.deepEqual(errorsOf(made.writer.run(group, start)), ['transient', 'transient', 'transient'])
    assert.deepEqual(made.rows(), [['before', 0]])
    assert.deepEqual(made.writer.run(adding('a'), start), [done])
    assert.deepEqual(made.rows(), [
      ['a', 0],
      ['before', 0],
    ])
  })

  test('that came after the group was on the disk is told as done', async () => {
    await using made = await bench()
    made.commits.push(lostAfter)
    const group = [...adding('a'), batch(remove(counters, ['none']))]
    assert.deepEqual(made.writer.run(group, start), [done, { ok: false, change: 0, why: 'missing' }])
    assert.deepEqual(made.rows(), [['a', 0]])
    assert.deepEqual(made.writer.counts, { groups: 1, batches: 2 })
  })

  for (const [how, lost] of [
    ['is not on the disk', lostBefore],
    ['is on the disk', lostAfter],
  ] as const) {
    test(`of a group that ${how} is unknown while the database cannot be opened; the same id finds out`, async () => {
      await using made = await bench()
      made.writer.run(adding('n'), start)
      const group = [batch(patch(counters, ['n'], { add: { n: 1 } }))]
      made.commits.push((go) => {
        made.reachable = false
        lost(go)
      })
      assert.deepEqual(errorsOf(made.writer.run(group, start)), ['unknown'])
      // Nor does a failure of another kind say that it was not applied: who heard so would make the change twice.
      assert.deepEqual(errorsOf(made.writer.run(group, start)), ['unknown'])
      assert.deepEqual(errorsOf(made.writer.run(adding('other'), start)), ['denied'])
      made.reachable = true
      assert.deepEqual(made.writer.run(group, start), [done])
      assert.deepEqual(made.rows(), [['n', 1]])
    })
  }
})

describe('an I/O error at COMMIT, where the next commit fails too,', () => {
  test('of a group that could not be written says that it is not there', async () => {
    await using made = await bench()
    made.writer.run(adding('n'), start)
    made.commits.push(() => {
      made.queryOnly = true
      throw fault('disk I/O error', 778)
    })
    made.trouble = 'denied'
    const group = [batch(patch(counters, ['n'], { add: { n: 1 } }))]
    assert.deepEqual(errorsOf(made.writer.run(group, start)), ['denied'])
    made.queryOnly = false
    made.writer.close()
    assert.deepEqual(made.writer.run(group, start), [done])
    assert.deepEqual(made.rows(), [['n', 1]])
  })

  test('of a group that is there is told as done once the reserve makes the next one possible, and not made twice', async () => {
    await using made = await bench()
    made.writer.run(adding('n'), start)
    made.reserve = {
      giveUp: () => {
        made.queryOnly = false
        return true
      },
    }
    made.commits.push((go) => {
      made.queryOnly = true
      lostAfter(go)
    })
    assert.deepEqual(made.writer.run([batch(patch(counters, ['n'], { add: { n: 1 } }))], start), [done])
    assert.deepEqual(made.rows(), [['n', 1]])
  })

  test('and may have got through all the same, is told by the group’s own number', async () => {
    await using made = await bench()
    made.writer.run(adding('n'), start)
    made.reserve = { giveUp: () => true }
    made.commits.push(lostAfter)
    made.again.push((go) => {
      go()
      throw fault('disk I/O error', 1034)
    })
    assert.deepEqual(made.writer.run([batch(patch(counters, ['n'], { add: { n: 1 } }))], start), [done])
    assert.deepEqual(made.rows(), [['n', 1]])
  })
})

describe('another failure', () => {
  test('of COMMIT runs each batch once alone', async () => {
    await using made = await bench()
    made.commits.push(() => {
      throw fault('database or disk is full', 13)
    })
    const group = [...adding('a', 'b'), batch(remove(counters, ['none'])), ...adding('c')]
    assert.deepEqual(made.writer.run(group, start), [
      done,
      done,
      { ok: false, change: 0, why: 'missing' },
      done,
    ])
    assert.deepEqual(
      made.rows().map(([id]) => id),
      ['a', 'b', 'c'],
    )
    assert.deepEqual(made.writer.counts, { groups: 3, batches: 3 })
  })

  test('of COMMIT that meets a batch alone is told as what it is', async () => {
    await using made = await bench()
    const full = (): void => {
      throw fault('database or disk is full', 13)
    }
    // Once more after the log was emptied.
    made.commits.push(full, (go) => go(), full, full)
    assert.deepEqual(errorsOf(made.writer.run(adding('a', 'b'), start)), ['{"ok":true}', 'full'])
    assert.deepEqual(made.rows(), [['a', 0]])
  })

  test('of a disk that is full while a batch is written spoils that batch alone', async () => {
    await using made = await bench()
    made.pages = 60
    const large = batch(insert(items, item(1, { body: new Uint8Array(1024 * 1024) })))
    const [a, b] = adding('a', 'b')
    const answers = made.writer.run([a!, large, b!], start)
    assert.deepEqual(errorsOf(answers), ['{"ok":true}', 'full', '{"ok":true}'])
    assert.match(JSON.stringify(answers[1]), /full/)
    assert.deepEqual(
      made.rows().map(([id]) => id),
      ['a', 'b'],
    )
  })

  test('of a disk that is full gives the reserve up, once, and what found no room is written after all', async () => {
    await using made = await bench()
    made.pages = 60
    let given = 0
    made.reserve = {
      giveUp: () => {
        given += 1
        made.connection?.exec('PRAGMA max_page_count = 100000')
        return given === 1
      },
    }
    const large = (id: number): ReturnType<typeof batch> =>
      batch(insert(items, item(id, { body: new Uint8Array(1024 * 1024) })))
    const answers = made.writer.run(
      [...adding('a'), large(1), ...adding('b'), batch(remove(counters, ['none']))],
      start,
    )
    assert.deepEqual(answers, [done, done, done, { ok: false, change: 0, why: 'missing' }])
    assert.equal(given, 1)
    made.connection?.exec('PRAGMA max_page_count = 60')
    assert.deepEqual(errorsOf(made.writer.run([large(2)], start)), ['full'])
    assert.equal(given, 2)
  })

  test('of a connection that may only read is told as a right that is lost, and the next one may write', async () => {
    await using made = await bench()
    made.readOnly = true
    assert.deepEqual(errorsOf(made.writer.run(adding('a', 'b'), start)), ['denied', 'denied'])
    made.readOnly = false
    assert.deepEqual(made.writer.run(adding('a'), start), [done])
    assert.deepEqual(made.rows(), [['a', 0]])
  })

  for (const trouble of ['full', 'denied'] as const) {
    test(`that SQLite cannot tell is told as what the system says of the folder: ${trouble}`, async () => {
      await using made = await bench()
      made.trouble = trouble
      made.commits.push(lostBefore)
      assert.deepEqual(
        errorsOf(made.writer.run(adding('a'), start)),
        trouble === 'full' ? ['{"ok":true}'] : ['denied'],
      )
      made.reachable = false
      made.writer.close()
      assert.deepEqual(errorsOf(made.writer.run(adding('b'), start)), [trouble])
      made.reachable = true
      assert.deepEqual(made.writer.run(adding('b'), start), [done])
    })
  }

  test('of opening is told as a right that is lost', async () => {
    await using made = await bench()
    made.reachable = false
    assert.deepEqual(errorsOf(made.writer.run(adding('a'), start)), ['denied'])
    made.reachable = true
    assert.deepEqual(made.writer.run(adding('a'), start), [done])
  })
})

test('a checkpoint brings the write-ahead log into the database', async () => {
  await using made = await bench()
  made.writer.run(adding('a'), start)
  assert.deepEqual(await made.rowsWithoutLog(), [])
  made.writer.checkpoint()
  assert.deepEqual(await made.rowsWithoutLog(), [['a', 0]])
})

test('ids are kept for 24 hours and forgotten afterwards, 512 with a group', async () => {
  await using made = await bench()
  const many = Array.from({ length: 600 }, () => batch())
  for (let at = 0; at < many.length; at += 200) made.writer.run(many.slice(at, at + 200), start)
  const day = 24 * 3_600_000
  const later = (now: number): void => {
    const id = newBatchId(now, chance)
    assert.deepEqual(made.writer.run([checkedBatch(schema, id, [], now)], now), [done])
  }
  later(start + day)
  assert.equal(made.idCount(), 601)
  later(start + day + 1)
  assert.equal(made.idCount(), 602 - 512)
  later(start + day + 2)
  assert.equal(made.idCount(), 3)
})

test('a group is flushed where one of it must survive a power cut, and after an unflushed one too', async () => {
  await using made = await bench()
  const group = (...survive: Survives[]): string => {
    const batches = survive.map((survives) => {
      const change = insert(counters, counter(`${++count}`))
      return checkedBatch(schema, newBatchId(start, chance), [change], start, survives)
    })
    assert.ok(made.writer.run(batches, start).every((answer) => 'ok' in answer && answer.ok))
    const now = made.connection?.prepare('PRAGMA synchronous').get()
    return now?.['synchronous'] === 2 ? 'flushed' : 'written'
  }
  let count = 0
  assert.deepEqual(
    [
      group('power'),
      group('process'),
      group('process', 'process'),
      group('process', 'power'),
      group('power'),
    ],
    ['flushed', 'written', 'written', 'flushed', 'flushed'],
  )
  assert.equal(group('process'), 'written')
  // A connection of its own begins with what it was opened with.
  made.commits.push(lostBefore, (go) => go())
  made.writer.run(adding('lost'), start)
  assert.equal(group('power'), 'flushed')
  assert.equal(group('process'), 'written')
  assert.equal(made.rows().length, 10)
})
