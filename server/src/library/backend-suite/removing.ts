import assert from 'node:assert/strict'
import { type BackendCase, done, made, named, namesOf, refused } from './harness.ts'

export const removing: readonly BackendCase[] = [
  {
    name: 'what was deleted is in no list and cannot be read or changed, and is found where deleted ones are asked for',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Ada', { metadata: { tags: ['a'] } }))
      await made(backend, named('Bo', { metadata: { tags: ['a'] } }))
      assert.equal(done(await backend.delete(id)), undefined)
      refused(await backend.read(id), 'NOT_FOUND')
      refused(await backend.update(id, { source: 'x' }), 'NOT_FOUND')
      refused(await backend.createVersion(id, { version: '9.0.0', source: 'x' }), 'NOT_FOUND')
      refused(await backend.listVersions(id), 'NOT_FOUND')
      refused(await backend.delete(id), 'NOT_FOUND')
      const filters = [{}, { type: 'skill' }, { tags: ['a'] }]
      for (const filter of filters) {
        assert.deepEqual(namesOf(done(await backend.find({ filter }))), ['Bo'])
        assert.equal(done(await backend.count({ filter })), 1)
        const all = done(await backend.find({ filter: { ...filter, deleted: true } }))
        assert.deepEqual(namesOf(all), ['Ada', 'Bo'])
        assert.deepEqual(
          all.items.map(({ deleted }) => deleted),
          [true, false],
        )
        assert.equal(done(await backend.count({ filter: { ...filter, deleted: true } })), 2)
      }
    },
  },
  {
    name: 'what was deleted keeps its slug, until it is purged',
    check: async ({ backend }) => {
      const first = await made(backend, named('Ada', { metadata: { slug: 'ada' } }))
      done(await backend.delete(first.id))
      refused(await backend.create(named('Ada', { metadata: { slug: 'ada' } })), 'DUPLICATE')
      assert.equal(done(await backend.purge(first.id)), undefined)
      const second = await made(backend, named('Ada', { metadata: { slug: 'ada' }, source: 'new' }))
      assert.notEqual(second.id, first.id)
      assert.equal(done(await backend.read(second.id)).source, 'new')
      assert.equal(done(await backend.listVersions(second.id)).length, 1)
    },
  },
  {
    name: 'what was purged is gone for ever, deleted before or not',
    check: async ({ backend }) => {
      const live = await made(backend, named('Ada', { metadata: { tags: ['a'], skills: ['s'] } }))
      done(await backend.purge(live.id))
      refused(await backend.read(live.id), 'NOT_FOUND')
      refused(await backend.purge(live.id), 'NOT_FOUND')
      refused(await backend.getVersion(live.id, '0.1.0'), 'NOT_FOUND')
      for (const filter of [{}, { tags: ['a'] }, { skills: ['s'] }]) {
        assert.equal(done(await backend.count({ filter: { ...filter, deleted: true } })), 0)
        assert.deepEqual(done(await backend.find({ filter: { ...filter, deleted: true } })).items, [])
      }
    },
  },
]
