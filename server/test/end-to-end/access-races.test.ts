import { after, before, describe, test } from 'node:test'
import { administratorSettings, type Send } from '../kit/access-actor.ts'
import { measures, requireOwnerStays, requireQuotaHolds } from '../kit/access-races.ts'
import { ask } from '../kit/http-client.ts'
import { startThreaded, type ThreadedServer } from '../kit/threaded-server.ts'

describe('under 64 clients at once, at several threads', { concurrency: 1 }, () => {
  let server: ThreadedServer
  before(async () => {
    server = await startThreaded({ threads: 3, env: await administratorSettings() })
  })
  after(() => server[Symbol.asyncDispose]())
  // A connection for each request: the system spreads them over the threads.
  const places = (): readonly Send[] => [(request) => ask(server.spawned.url, request)]

  for (const measure of measures)
    test(`a quota of ${measure} holds`, async () => {
      await requireQuotaHolds(places(), measure, `full-of-${measure}`)
    })

  test('an organisation keeps its last owner', async () => {
    await requireOwnerStays(places(), 'acme')
  })
})
