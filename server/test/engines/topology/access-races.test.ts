import { after, before, describe, test } from 'node:test'
import { administratorSettings, type Send } from '../../kit/access-actor.ts'
import { measures, requireOwnerStays, requireQuotaHolds } from '../../kit/access-races.ts'
import { ask } from '../../kit/http-client.ts'
import { startTopology, type Topology, topologySkip } from '../../kit/servers/topology.ts'

describe('under 64 clients at once, at two processes', { skip: topologySkip, concurrency: 1 }, () => {
  let topology: Topology
  before(async () => {
    topology = await startTopology({ settings: await administratorSettings() })
  })
  after(() => topology[Symbol.asyncDispose]())
  const places = (): readonly Send[] =>
    topology.ladings.map(
      ({ url }) =>
        (request) =>
          ask(url, request),
    )

  for (const measure of measures)
    test(`a quota of ${measure} holds`, async () => {
      await requireQuotaHolds(places(), measure, `full-of-${measure}`)
    })

  test('an organisation keeps its last owner', async () => {
    await requireOwnerStays(places(), 'acme')
  })
})
