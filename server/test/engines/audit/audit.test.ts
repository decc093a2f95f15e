import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { schema } from '../../../src/boot/schema.ts'
import { expireAudit } from '../../../src/core/audit/expire-audit.ts'
import type { Store } from '../../../src/ports/store/store.ts'
import type { StoreHarness } from '../../../src/ports/store/suite/harness.ts'
import { auditWorld, hour, never, table } from '../../core/audit/audit-world.ts'
import { callerOf } from '../../core/kit.ts'
import { mongodbStandInSkip, startMongodbStandIn } from '../../kit/servers/mongodb-stand-in.ts'
import { postgresqlSkip, startPostgresqlServer } from '../../kit/servers/postgresql-server.ts'
import { mongodbHarness } from '../store/mongodb-harness.ts'
import { postgresqlHarness } from '../store/postgresql-harness.ts'

const engines: readonly {
  readonly name: string
  readonly skip: string | false
  start(): Promise<AsyncDisposable & { readonly harness: StoreHarness }>
}[] = [
  {
    name: 'PostgreSQL',
    skip: postgresqlSkip,
    start: async () => {
      const server = await startPostgresqlServer({ settings: ['max_connections=100'] })
      const harness = postgresqlHarness(() => server)
      return { harness, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
    },
  },
  {
    name: 'MongoDB',
    skip: mongodbStandInSkip,
    start: async () => {
      const server = await startMongodbStandIn()
      const harness = mongodbHarness(() => server.url, 'in turns')
      return { harness, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
    },
  },
]

const system = callerOf({ kind: 'system', name: 'test' })

for (const { name, skip, start } of engines) {
  describe(`what was done, in ${name}`, { skip }, () => {
    test('is sealed once by two processes, listed in its order, verified, and goes when it is too old', async () => {
      await using server = await start()
      await using place = await server.harness.start(schema)
      const another: Store = (await place.another?.()) ?? assert.fail()
      await using w = await auditWorld('memory', { store: place.store })
      await using other = await auditWorld('memory', { store: another, blobs: w.test.blobs, seed: 2 })
      await w.done(30)
      const sealed = await Promise.all([w.seal(), other.seal()])
      const { last } = await w.chain()
      assert.equal(
        sealed.reduce((sum, { entries }) => sum + entries, 0),
        last,
      )
      const list = async (oldestFirst: boolean): Promise<string[]> => {
        const { audit } = w.test.registry
        const found = await audit.list(system, { namespace: 'acme', limit: 1000, oldestFirst })
        return found.entries.map(({ target }) => target)
      }
      const inOrder = Array.from({ length: 30 }, (_, at) => `change ${at}`)
      assert.deepEqual([await list(true), await list(false)], [inOrder, inOrder.toReversed()])
      const report = await other.verify()
      assert.deepEqual([report.faults, report.entries, report.unsealed.count], [[], last, 0])
      await w.clock.advance(2 * hour)
      await w.done(5)
      await w.seal()
      assert.deepEqual(await expireAudit(w.test.core, { keep: hour }, never), { entries: last })
      const after = await other.verify()
      assert.deepEqual([after.faults, after.expired, after.entries], [[], last, 5])
      const entry = (await w.entries()).find(({ seq }) => seq === last + 3) ?? assert.fail()
      await w.beneath.set(table.entries, entry.id, { by: 'user:mallory' })
      const { faults } = await other.verify()
      assert.deepEqual(
        faults.map(({ kind, first }) => [kind, first]),
        [['changed', last + 3]],
      )
    })
  })
}
