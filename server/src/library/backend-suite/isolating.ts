import assert from 'node:assert/strict'
import type { Backend, Transaction } from '../backend-types.ts'
import { atOnce, type BackendCase, begun, done, made, named, namesOf, refused } from './harness.ts'

const all = { filter: { deleted: true } } as const

/** In a context that was there before any transaction, and so is in none. */
function outside(): (work: () => Promise<void>) => Promise<void> {
  let ask: ((work: () => Promise<void>) => void) | undefined
  const asked = new Promise<() => Promise<void>>((resolve) => {
    ask = resolve
  })
  const ended = asked.then((work) => work())
  return async (work) => {
    ask?.(work)
    await ended
  }
}

async function sum(backend: Pick<Backend, 'read'>, id: string): Promise<number> {
  return Number(done(await backend.read(id)).metadata.custom?.['n'] ?? 0)
}

export const isolating: readonly BackendCase[] = [
  {
    name: 'nobody sees what a transaction has done before its commit, and everybody sees all of it afterwards',
    check: async ({ backend }) => {
      const changed = await made(backend, named('Changed', { metadata: { tags: ['t'] } }))
      const deleted = await made(backend, named('Deleted', { metadata: { tags: ['t'] } }))
      const [before, after] = [outside(), outside()]
      const seen = async (): Promise<unknown[]> => [
        namesOf(done(await backend.find({ sort: { field: 'name' } }))),
        namesOf(done(await backend.find({ filter: { tags: ['t'] }, sort: { field: 'name' } }))),
        done(await backend.count()),
        done(await backend.read(changed.id)).source,
        done(await backend.listVersions(changed.id)).length,
      ]
      const transaction = await begun(backend)
      const created = await made(transaction, named('Created', { metadata: { tags: ['t'] } }))
      done(await transaction.update(changed.id, { source: 'changed' }))
      done(await transaction.createVersion(changed.id, { version: '2.0.0', source: 'two' }))
      done(await transaction.delete(deleted.id))
      await before(async () => {
        assert.deepEqual(await seen(), [['Changed', 'Deleted'], ['Changed', 'Deleted'], 2, changed.source, 1])
        refused(await backend.read(created.id), 'NOT_FOUND')
        done(await backend.read(deleted.id))
      })
      done(await transaction.commit())
      await after(async () => {
        assert.deepEqual(await seen(), [['Changed', 'Created'], ['Changed', 'Created'], 2, 'two', 2])
        assert.deepEqual(done(await backend.read(created.id)), created)
        refused(await backend.read(deleted.id), 'NOT_FOUND')
      })
    },
  },
  {
    name: 'a transaction reads what it has written, by every operation',
    check: async ({ backend }) => {
      await made(backend, named('Before', { metadata: { tags: ['t'] } }))
      const transaction = await begun(backend)
      const created = await made(transaction, named('Own', { metadata: { tags: ['t'], author: 'Ada' } }))
      assert.deepEqual(done(await transaction.read(created.id)), created)
      const updated = done(
        await transaction.update(created.id, { metadata: { description: 'x' }, source: 'new' }),
      )
      assert.deepEqual(done(await transaction.read(created.id)), updated)
      const version = done(await transaction.createVersion(created.id, { version: '1.0.0', source: 'one' }))
      assert.deepEqual(done(await transaction.getVersion(created.id, '1.0.0')), version)
      assert.deepEqual(
        done(await transaction.listVersions(created.id)).map(({ source }) => source),
        ['one', 'new'],
      )
      const sort = { field: 'name' } as const
      assert.deepEqual(namesOf(done(await transaction.find({ sort }))), ['Before', 'Own'])
      assert.deepEqual(namesOf(done(await transaction.find({ filter: { tags: ['t'] }, sort }))), [
        'Before',
        'Own',
      ])
      assert.deepEqual(namesOf(done(await transaction.find({ filter: { author: 'Ada' }, sort }))), ['Own'])
      assert.equal(done(await transaction.count()), 2)
      refused(await transaction.create(named('Again', { metadata: { slug: 'own' } })), 'DUPLICATE')
      refused(await transaction.createVersion(created.id, { version: '1.0.0', source: 'x' }), 'DUPLICATE')
      done(await transaction.delete(created.id))
      refused(await transaction.read(created.id), 'NOT_FOUND')
      assert.equal(done(await transaction.count()), 1)
      assert.equal(done(await transaction.count(all)), 2)
      done(await transaction.purge(created.id))
      assert.equal(done(await transaction.count(all)), 1)
      done(await transaction.commit())
      assert.equal(done(await backend.count(all)), 1)
    },
  },
  {
    name: 'what was begun before a commit is in it, and what was begun before a rollback goes with it',
    check: async ({ backend }) => {
      const one = await made(backend, named('One'))
      const two = await made(backend, named('Two'))
      const state = async (): Promise<unknown> => ({
        names: namesOf(done(await backend.find({ sort: { field: 'name' } }))),
        source: done(await backend.read(one.id)).source,
        versions: done(await backend.listVersions(two.id)).map(({ version }) => version),
      })
      const before = await state()
      for (const end of ['rollback', 'commit'] as const) {
        const transaction = await begun(backend)
        const changing = Promise.all([
          transaction.create(named('Three')),
          transaction.update(one.id, { source: 'new' }),
          transaction.createVersion(two.id, { version: '2.0.0', source: 'x' }),
        ])
        done(await transaction[end]())
        for (const result of await changing) done<unknown>(result)
        const after = { names: ['One', 'Three', 'Two'], source: 'new', versions: ['2.0.0', '0.1.0'] }
        assert.deepEqual(await state(), end === 'commit' ? after : before)
      }
    },
  },
  {
    name: 'what is rolled back leaves nothing behind',
    check: async ({ backend, leavingNothing }) => {
      const { id, source } = await made(backend, named('Ada', { metadata: { tags: ['t'] } }))
      await leavingNothing(async () => {
        const transaction = await begun(backend)
        await made(transaction, named('Bo', { metadata: { tags: ['new'], organization: 'new' } }))
        done(await transaction.update(id, { source: 'other', metadata: { tags: ['other'] } }))
        done(await transaction.rollback())
      })
      assert.equal(done(await backend.read(id)).source, source)
      assert.equal(done(await backend.count(all)), 1)
    },
  },
  {
    name: 'a large source is read in its transaction, and after its commit; rolled back, it is gone',
    check: async ({ backend }) => {
      const source = 'large '.repeat(100_000)
      for (const end of ['commit', 'rollback'] as const) {
        const transaction = await begun(backend)
        const { id } = await made(transaction, named('Large', { source: `${end} ${source}` }))
        assert.equal(done(await transaction.read(id)).source, `${end} ${source}`)
        done(end === 'commit' ? await transaction.commit() : await transaction.rollback())
        if (end === 'rollback') refused(await backend.read(id), 'NOT_FOUND')
        else assert.equal(done(await backend.read(id)).source, `${end} ${source}`)
      }
      assert.equal(done(await backend.count(all)), 1)
    },
  },
  {
    name: 'who looks on while it is committed sees all of a transaction or nothing',
    check: async ({ backend }) => {
      let isWriting = true
      const look = async (): Promise<void> => {
        while (isWriting) {
          const { items } = done(await backend.find({ filter: { tags: ['pair'] } }))
          assert.equal(items.length % 2, 0, 'half of a transaction was seen')
          await new Promise(setImmediate)
        }
      }
      const write = async (): Promise<void> => {
        for (let n = 0; n < 15; n++) {
          const transaction = done(await backend.beginTransaction())
          await made(transaction, named(`One ${n}`, { metadata: { tags: ['pair'] } }))
          await made(transaction, named(`Two ${n}`, { metadata: { tags: ['pair'] } }))
          done(await transaction.commit())
        }
      }
      const writing = write().finally(() => {
        isWriting = false
      })
      await Promise.all([writing, look()])
      assert.equal(done(await backend.count({ filter: { tags: ['pair'] } })), 30)
    },
  },
  {
    name: 'what a transaction has read must stay so: changed, deleted or purged by others, its commit is CONFLICT and writes nothing',
    check: async ({ backend, leavingNothing }) => {
      const changes: ((id: string) => Promise<unknown>)[] = [
        async (id) => done(await backend.update(id, { metadata: { description: 'x' } })),
        async (id) => done(await backend.createVersion(id, { version: '3.0.0', source: 'x' })),
        async (id) => done(await backend.delete(id)),
        async (id) => done(await backend.purge(id)),
      ]
      for (const change of changes) {
        const { id } = await made(backend, named('Read'))
        const others = outside()
        const transaction = await begun(backend)
        done(await transaction.read(id))
        await made(transaction, named('Written'))
        await others(async () => void (await change(id)))
        await leavingNothing(async () => void refused(await transaction.commit(), 'CONFLICT'))
      }
      assert.equal(done(await backend.count({ filter: {} })), 2)
    },
  },
  {
    name: 'a transaction that has only read is CONFLICT too where that has changed, and well where it has not',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Read'))
      const well = await begun(backend)
      done(await well.read(id))
      done(await well.commit())
      const others = outside()
      const stale = await begun(backend)
      done(await stale.read(id))
      await others(async () => void done(await backend.update(id, { source: 'x' })))
      refused(await stale.commit(), 'CONFLICT')
    },
  },
  {
    name: 'what a transaction changes must be as it first saw it, whatever it saw it by: else its commit is CONFLICT and writes nothing',
    check: async ({ backend, leavingNothing }) => {
      const looks: ((transaction: Transaction, id: string) => Promise<unknown>)[] = [
        async (transaction, id) => done(await transaction.read(id)),
        async (transaction) => done(await transaction.find()),
        async (transaction) => done(await transaction.find({ filter: { tags: ['t'] } })),
        async (transaction, id) => done(await transaction.getVersion(id, '0.1.0')),
        async (transaction, id) => done(await transaction.listVersions(id)),
      ]
      const changes: ((transaction: Transaction, id: string) => Promise<unknown>)[] = [
        async (transaction, id) => done(await transaction.update(id, { metadata: { description: 'mine' } })),
        async (transaction, id) =>
          done(await transaction.createVersion(id, { version: '2.0.0', source: 'x' })),
        async (transaction, id) => done(await transaction.delete(id)),
        async (transaction, id) => done(await transaction.purge(id)),
      ]
      for (const look of looks) {
        for (const change of changes) {
          const { id } = await made(backend, named('Seen', { metadata: { tags: ['t'] } }))
          const others = outside()
          const transaction = await begun(backend)
          await look(transaction, id)
          await others(
            async () => void done(await backend.update(id, { metadata: { description: 'theirs' } })),
          )
          await change(transaction, id)
          await made(transaction, named('Written'))
          await leavingNothing(async () => void refused(await transaction.commit(), 'CONFLICT'))
          assert.equal(done(await backend.read(id)).metadata.description, 'theirs')
          done(await backend.purge(id))
        }
      }
    },
  },
  {
    name: 'a transaction that has looked first changes what nobody else has, however often, and commits',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Seen'))
      const gone = await made(backend, named('Gone'))
      const transaction = await begun(backend)
      done(await transaction.find())
      done(await transaction.listVersions(id))
      await atOnce(2, async (n) =>
        done(await transaction.update(id, { metadata: { custom: { [`n${n}`]: n } } })),
      )
      done(await transaction.find())
      done(await transaction.createVersion(id, { version: '2.0.0', source: 'two', published: true }))
      done(await transaction.delete(gone.id))
      done(await transaction.purge(gone.id))
      done(await transaction.commit())
      const { metadata, source } = done(await backend.read(id))
      assert.deepEqual([metadata.version, metadata.custom, source], ['2.0.0', { n0: 0, n1: 1 }, 'two'])
      assert.deepEqual(namesOf(done(await backend.find(all))), ['Seen'])
    },
  },
  {
    name: 'what find and count have met and the transaction does not change may be changed by others',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Met'))
      const others = outside()
      const transaction = await begun(backend)
      done(await transaction.find())
      done(await transaction.count())
      await others(async () => void done(await backend.update(id, { source: 'theirs' })))
      await made(transaction, named('Written'))
      done(await transaction.commit())
      assert.equal(done(await backend.read(id)).source, 'theirs')
      assert.deepEqual(namesOf(done(await backend.find({ sort: { field: 'name' } }))), ['Met', 'Written'])
    },
  },
  {
    name: 'a transaction reads an artifact twice and finds it the same',
    check: async ({ backend }) => {
      const { id, source } = await made(backend, named('Read'))
      const others = outside()
      const transaction = await begun(backend)
      done(await transaction.read(id))
      await others(async () => void done(await backend.update(id, { source: 'other' })))
      assert.equal(done(await transaction.read(id)).source, source)
      done(await transaction.rollback())
      assert.equal(done(await backend.read(id)).source, 'other')
    },
  },
  {
    name: 'of two transactions that change one artifact, or take one slug, the second is CONFLICT',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Ada'))
      const works: ((transaction: Transaction, n: number) => Promise<unknown>)[] = [
        async (transaction, n) => done(await transaction.update(id, { source: `${n}` })),
        async (transaction, n) => made(transaction, named(`Bo ${n}`, { metadata: { slug: 'bo' } })),
        async (transaction) => done(await transaction.createVersion(id, { version: '2.0.0', source: 'x' })),
        async (transaction) => done(await transaction.delete(id)),
      ]
      for (const work of works) {
        const [first, second] = [await begun(backend), await begun(backend)]
        await work(first, 1)
        await work(second, 2)
        done(await first.commit())
        refused(await second.commit(), 'CONFLICT')
      }
      assert.equal(done(await backend.count()), 1)
      assert.equal(done(await backend.count(all)), 2)
    },
  },
  {
    name: 'transactions that share nothing people know of do not get in each other’s way',
    check: async ({ backend }) => {
      // Of nothing there is anything yet: the first to use an organization, a topic, or a source.
      const transactions = await atOnce(4, () => begun(backend))
      for (const [n, transaction] of transactions.entries()) {
        const { id } = await made(
          transaction,
          named(`Ada ${n}`, {
            metadata: { tags: ['new'], skills: ['new'], organization: 'new' },
            source: 'same',
          }),
        )
        done(await transaction.update(id, { metadata: { tags: ['new', 'more'] } }))
        done(await transaction.createVersion(id, { version: '1.0.0', source: 'same too', published: true }))
      }
      for (const transaction of transactions) done(await transaction.commit())
      const { items } = done(await backend.find({ filter: { tags: ['more'] }, sort: { field: 'name' } }))
      assert.deepEqual(
        items.map(({ metadata, source }) => [metadata.name, metadata.version, source]),
        [0, 1, 2, 3].map((n) => [`Ada ${n}`, '1.0.0', 'same too']),
      )
      for (const { id } of items) assert.equal(done(await backend.listVersions(id)).length, 2)
    },
  },
  {
    name: 'additions that are read, made and committed by many are all counted, by whoever begins again after CONFLICT',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Sum', { metadata: { custom: { n: 0 } } }))
      const add = async (): Promise<void> => {
        for (;;) {
          const transaction = await begun(backend)
          const n = await sum(transaction, id)
          await new Promise(setImmediate)
          const updated = await transaction.update(id, { metadata: { custom: { n: n + 1 } } })
          if (!updated.ok) {
            refused(updated, 'CONFLICT')
            done(await transaction.rollback())
            continue
          }
          const committed = await transaction.commit()
          if (committed.ok) return
          refused(committed, 'CONFLICT')
        }
      }
      await atOnce(8, add)
      assert.equal(await sum(backend, id), 8)
    },
  },
  {
    name: 'more than one change can hold is VALIDATION, and nothing of it is written',
    check: async ({ backend, leavingNothing }) => {
      await leavingNothing(async () => {
        const transaction = await begun(backend)
        for (let n = 0; n < 80; n++)
          await made(transaction, named(`Ada ${n}`, { source: `${n}`.padEnd(60_000) }))
        assert.match(refused(await transaction.commit(), 'VALIDATION'), /1000 rows/)
      })
      assert.equal(done(await backend.count(all)), 0)
    },
  },
  {
    name: 'once it has ended, everything that is asked of a transaction is CONFLICT',
    check: async ({ backend }) => {
      for (const end of ['commit', 'rollback'] as const) {
        const transaction = await begun(backend)
        const { id } = await made(transaction, named(`Ada ${end}`))
        done(await transaction[end]())
        for (const result of [
          await transaction.create(named('Late')),
          await transaction.read(id),
          await transaction.update(id, { source: 'x' }),
          await transaction.delete(id),
          await transaction.purge(id),
          await transaction.find(),
          await transaction.count(),
          await transaction.createVersion(id, { version: '2.0.0', source: 'x' }),
          await transaction.listVersions(id),
          await transaction.getVersion(id, '0.1.0'),
          await transaction.commit(),
          await transaction.rollback(),
        ])
          refused(result, 'CONFLICT')
      }
      assert.deepEqual(namesOf(done(await backend.find(all))), ['Ada commit'])
    },
  },
]
