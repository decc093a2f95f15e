import assert from 'node:assert/strict'
import { atOnce, type BackendCase, done, made, named, refused } from './harness.ts'

export const racing: readonly BackendCase[] = [
  {
    name: 'of 16 racing creates of one slug one wins, and it is the one kept',
    check: async ({ backend }) => {
      const results = await atOnce(16, (n) =>
        backend.create(named(`Ada ${n}`, { metadata: { slug: 'ada' }, source: `${n}` })),
      )
      const winners = results.flatMap((result) => (result.ok ? [result.value] : []))
      for (const result of results) if (!result.ok) refused(result, 'DUPLICATE')
      assert.equal(winners.length, 1)
      assert.deepEqual(done(await backend.find({ filter: { deleted: true } })).items, winners)
    },
  },
  {
    name: 'racing creates of one name all win, each with a slug of its own',
    check: async ({ backend }) => {
      const all = await atOnce(12, () => made(backend, named('Ada')))
      assert.equal(new Set(all.map(({ id }) => id)).size, 12)
      assert.equal(new Set(all.map(({ metadata }) => metadata.slug)).size, 12)
      assert.equal(done(await backend.count()), 12)
    },
  },
  {
    name: 'of racing updates none is lost: what was acknowledged is there, and what was refused is not',
    check: async ({ backend }) => {
      for (const published of [false, true]) {
        const { id } = await made(backend, named('Ada', { published }))
        const results = await atOnce(12, (n) =>
          backend.update(id, { metadata: { custom: { [`k${n}`]: n } } }),
        )
        const won = results.flatMap((result, n) => (result.ok ? [[`k${n}`, n] as const] : []))
        for (const result of results) if (!result.ok) refused(result, 'CONFLICT')
        assert.ok(won.length > 0, 'nobody won')
        assert.deepEqual(done(await backend.read(id)).metadata.custom, Object.fromEntries(won))
      }
    },
  },
  {
    name: 'of racing versions of one number one wins',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Ada'))
      const results = await atOnce(8, (n) => backend.createVersion(id, { version: '2.0.0', source: `${n}` }))
      const winners = results.flatMap((result) => (result.ok ? [result.value] : []))
      assert.equal(winners.length, 1)
      for (const result of results)
        if (!result.ok) assert.ok(['DUPLICATE', 'CONFLICT'].includes(result.error.code), result.error.message)
      assert.deepEqual(done(await backend.getVersion(id, '2.0.0')), winners[0])
      assert.equal(done(await backend.listVersions(id)).length, 2)
    },
  },
  {
    name: 'of a delete and updates that race, each is done or refused, and the artifact is gone',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Ada'))
      const [removed, ...updates] = await Promise.all([
        backend.delete(id),
        ...Array.from({ length: 6 }, (_, n) => backend.update(id, { source: `${n}` })),
      ])
      done(removed)
      for (const result of updates)
        if (!result.ok) assert.ok(['NOT_FOUND', 'CONFLICT'].includes(result.error.code), result.error.message)
      refused(await backend.read(id), 'NOT_FOUND')
    },
  },
  {
    name: 'who has found an artifact finds all of it: nobody sees half of a change',
    check: async ({ backend }) => {
      let isWriting = true
      const write = async (): Promise<void> => {
        for (let n = 0; n < 20; n++) {
          const { id } = await made(backend, named(`Ada ${n}`, { metadata: { tags: ['a'] }, source: `${n}` }))
          done(await backend.createVersion(id, { version: '1.0.0', source: `${n} more` }))
        }
      }
      const read = async (): Promise<void> => {
        while (isWriting) {
          const { items } = done(await backend.find({ filter: { tags: ['a'] } }))
          for (const { id, metadata, source } of items) {
            const n = metadata.name.slice(4)
            assert.equal(source, metadata.version === '1.0.0' ? `${n} more` : n)
            assert.equal(done(await backend.getVersion(id, metadata.version)).source, source)
          }
          await new Promise(setImmediate)
        }
      }
      const writing = write().finally(() => {
        isWriting = false
      })
      await Promise.all([writing, read(), read()])
    },
  },
]
