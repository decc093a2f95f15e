import assert from 'node:assert/strict'
import { atOnce, type BackendCase, begun, done, made, named, namesOf, refused } from './harness.ts'

const names = { sort: { field: 'name' } } as const

export const joining: readonly BackendCase[] = [
  {
    name: 'operations on the backend join the transaction of the context that began it, in what that calls too',
    check: async ({ backend }) => {
      const transaction = await begun(backend)
      const one = await made(backend, named('One'))
      const deeper = async (): Promise<void> => {
        await new Promise(setImmediate)
        done(await backend.update(one.id, { source: 'joined' }))
        await atOnce(2, (n) => made(backend, named(`Two ${n}`)))
      }
      await deeper()
      assert.equal(done(await transaction.read(one.id)).source, 'joined')
      assert.deepEqual(namesOf(done(await backend.find(names))), ['One', 'Two 0', 'Two 1'])
      done(await transaction.rollback())
      assert.equal(done(await backend.count({ filter: { deleted: true } })), 0)
    },
  },
  {
    name: 'a transaction that a called function has begun is joined by whoever called that',
    check: async ({ backend }) => {
      const begin = async (): ReturnType<typeof begun> => done(await backend.beginTransaction())
      const transaction = await begin()
      await made(backend, named('One'))
      await new Promise(setImmediate)
      await made(backend, named('Two'))
      done(await transaction.rollback())
      assert.equal(done(await backend.count()), 0)
    },
  },
  {
    name: 'after commit and after rollback the context is out of it',
    check: async ({ backend }) => {
      for (const end of ['commit', 'rollback'] as const) {
        const transaction = await begun(backend)
        await made(backend, named(`In ${end}`))
        done(await transaction[end]())
        await made(backend, named(`Out ${end}`))
        const next = await begun(backend)
        assert.equal(done(await next.count({ filter: {} })), end === 'commit' ? 2 : 3)
        done(await next.rollback())
      }
      assert.deepEqual(namesOf(done(await backend.find(names))), ['In commit', 'Out commit', 'Out rollback'])
    },
  },
  {
    name: 'contexts that were there before do not join',
    check: async ({ backend }) => {
      const gate = Promise.withResolvers<void>()
      const other = (async () => {
        await gate.promise
        assert.equal(done(await backend.count()), 0)
        return await made(backend, named('Other'))
      })()
      const transaction = await begun(backend)
      await made(backend, named('Own'))
      gate.resolve()
      const { id } = await other
      done(await transaction.rollback())
      assert.deepEqual(namesOf(done(await backend.find())), ['Other'])
      done(await backend.read(id))
    },
  },
  {
    name: 'parallel contexts do not join, begun before or after, at work at once or later',
    check: async ({ backend }) => {
      const begunAt = Promise.withResolvers<void>()
      const looked = Promise.withResolvers<void>()
      const own = async (): Promise<void> => {
        const transaction = done(await backend.beginTransaction())
        await made(backend, named('Own'))
        begunAt.resolve()
        await looked.promise
        assert.equal(done(await backend.count({ filter: { author: 'x' } })), 0)
        done(await transaction.rollback())
      }
      const later = async (): Promise<void> => {
        await begunAt.promise
        assert.deepEqual(
          namesOf(done(await backend.find({ filter: { published: false } }))).includes('Own'),
          false,
        )
        await made(backend, named('Later'))
      }
      const atOnceToo = async (): Promise<void> => {
        await made(backend, named('At once'))
        await begunAt.promise
        await made(backend, named('And more'))
      }
      const others = [later(), atOnceToo()]
      const running = own()
      others.push(later(), atOnceToo())
      await Promise.all(others)
      looked.resolve()
      await running
      assert.deepEqual(namesOf(done(await backend.find(names))), [
        'And more',
        'And more',
        'At once',
        'At once',
        'Later',
        'Later',
      ])
    },
  },
  {
    name: 'transactions of parallel contexts are each their own',
    check: async ({ backend }) => {
      let atWork = 4
      const allHaveLooked = Promise.withResolvers<void>()
      await atOnce(4, async (n) => {
        const transaction = await begun(backend)
        await made(backend, named(`Ada ${n}`))
        await new Promise(setImmediate)
        assert.deepEqual(namesOf(done(await backend.find())), [`Ada ${n}`])
        atWork -= 1
        if (atWork === 0) allHaveLooked.resolve()
        await allHaveLooked.promise
        done(n % 2 === 0 ? await transaction.commit() : await transaction.rollback())
      })
      assert.deepEqual(namesOf(done(await backend.find(names))), ['Ada 0', 'Ada 2'])
    },
  },
  {
    name: 'the innermost transaction is joined, and after its end the one around it',
    check: async ({ backend }) => {
      const outer = await begun(backend)
      await made(backend, named('Outer'))
      const inner = await begun(backend)
      await made(backend, named('Inner'))
      assert.deepEqual(namesOf(done(await backend.find())), ['Inner'])
      done(await inner.commit())
      await made(backend, named('Outer too'))
      assert.deepEqual(namesOf(done(await outer.find(names))), ['Inner', 'Outer', 'Outer too'])
      done(await outer.rollback())
      assert.deepEqual(namesOf(done(await backend.find())), ['Inner'])
    },
  },
  {
    name: 'after a commit that lost its race the context is out of it too',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Ada'))
      const gate = Promise.withResolvers<void>()
      const other = gate.promise.then(async () => done(await backend.update(id, { source: 'other' })))
      const transaction = await begun(backend)
      done(await backend.read(id))
      await made(backend, named('Own'))
      gate.resolve()
      await other
      refused(await transaction.commit(), 'CONFLICT')
      assert.deepEqual(namesOf(done(await backend.find())), ['Ada'])
      await made(backend, named('Out'))
      assert.deepEqual(namesOf(done(await backend.find(names))), ['Ada', 'Out'])
    },
  },
]
