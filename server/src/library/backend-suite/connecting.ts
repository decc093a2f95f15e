import assert from 'node:assert/strict'
import type { Artifact } from '../backend-types.ts'
import { atOnce, type BackendCase, begun, done, made, named, refused } from './harness.ts'

export const connecting: readonly BackendCase[] = [
  {
    name: 'to connect again, and to disconnect again, is well and does nothing',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Ada'))
      for (const result of await atOnce(3, () => backend.connect())) done(result)
      assert.equal(done(await backend.read(id)).id, id)
      for (const result of await atOnce(3, () => backend.disconnect())) done(result)
    },
  },
  {
    name: 'its health is told part by part, and told as bad where it is not connected',
    check: async ({ backend }) => {
      const health = done(await backend.healthCheck())
      assert.equal(health.healthy, true, JSON.stringify(health.parts))
      assert.ok(Object.keys(health.parts).length > 0)
      done(await backend.disconnect())
      const unwell = done(await backend.healthCheck())
      assert.equal(unwell.healthy, false)
      assert.match(Object.values(unwell.parts).join(), /connect/)
    },
  },
  {
    name: 'what is not connected says so, whatever is asked of it',
    check: async ({ backend }) => {
      const { id } = await made(backend, named('Ada'))
      done(await backend.disconnect())
      const version = { version: '2.0.0', source: 'x' }
      for (const result of [
        await backend.create(named('Bo')),
        await backend.read(id),
        await backend.update(id, { source: 'x' }),
        await backend.delete(id),
        await backend.purge(id),
        await backend.find(),
        await backend.count(),
        await backend.createVersion(id, version),
        await backend.listVersions(id),
        await backend.getVersion(id, '0.1.0'),
        await backend.beginTransaction(),
      ])
        refused(result, 'UNAVAILABLE')
    },
  },
  {
    name: 'what is under way when it is disconnected comes to its end, or is refused and leaves nothing',
    durable: true,
    check: async ({ backend, reopen }) => {
      const creating = atOnce(8, (n) => backend.create(named(`Ada ${n}`)))
      done(await backend.disconnect())
      const results = await creating
      const again = await reopen()
      const kept = results.flatMap((result) => (result.ok ? [result.value.id] : []))
      for (const result of results) if (!result.ok) refused(result, 'UNAVAILABLE')
      assert.equal(done(await again.count()), kept.length)
      for (const id of kept) done(await again.read(id))
    },
  },
  {
    name: 'what is changed while it is disconnected is told as it is: made, or refused and as before',
    durable: true,
    check: async ({ backend, reopen }) => {
      let connected = backend
      for (const turns of [0, 1, 2, 4, 8]) {
        const names = ['Source', 'Metadata', 'Version', 'Deleted'].map((name) => `${name} ${turns}`)
        const before: Artifact[] = []
        for (const name of names) before.push(await made(connected, named(name)))
        const [source = '', metadata = '', version = '', deleted = ''] = before.map(({ id }) => id)
        const changing = [
          connected.update(source, { source: 'large '.repeat(20_000) }),
          connected.update(metadata, { metadata: { description: 'x' } }),
          connected.createVersion(version, { version: '2.0.0', source: 'x' }),
          connected.delete(deleted),
        ]
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
        done(await connected.disconnect())
        const told = await Promise.all(changing)
        connected = await reopen()
        for (const [at, was] of before.entries()) {
          const result = told[at]
          const now = await connected.read(was.id)
          if (result?.ok) assert.notDeepEqual(now.ok && now.value, was, `${names[at]}: nothing has changed`)
          else assert.deepEqual(now.ok && now.value, was, `${names[at]}: ${result?.error.code}`)
          if (result && !result.ok) refused(result, 'UNAVAILABLE')
        }
      }
    },
  },
  {
    name: 'what was acknowledged is there after a new connection, to the last letter',
    durable: true,
    check: async ({ backend, reopen }) => {
      const first = await made(
        backend,
        named('Ada', { metadata: { tags: ['a', 'b'], custom: { deep: [1, { x: null }] } }, published: true }),
      )
      const large = await made(backend, named('Bo', { source: 'ä\n'.repeat(200_000) }))
      done(await backend.createVersion(first.id, { version: '2.0.0', source: 'two', changelog: 'more' }))
      done(await backend.delete((await made(backend, named('Gone'))).id))
      const before = [
        await backend.read(first.id),
        await backend.listVersions(first.id),
        await backend.find({ filter: { deleted: true } }),
      ].map((result) => done<unknown>(result))
      const again = await reopen()
      const after = [
        await again.read(first.id),
        await again.listVersions(first.id),
        await again.find({ filter: { deleted: true } }),
      ].map((result) => done<unknown>(result))
      assert.deepEqual(after, before)
      assert.equal(done(await again.read(large.id)).source, large.source)
    },
  },
  {
    name: 'a transaction that is open when it is disconnected is rolled back',
    durable: true,
    check: async ({ backend, reopen }) => {
      const transaction = await begun(backend)
      await made(transaction, named('Ada'))
      done(await backend.disconnect())
      refused(await transaction.commit(), 'CONFLICT')
      assert.equal(done(await (await reopen()).count({ filter: { deleted: true } })), 0)
    },
  },
]
