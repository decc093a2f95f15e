import { after, before, describe, test } from 'node:test'
import { Actor, administratorSettings, type Send } from '../../kit/access-actor.ts'
import { ask } from '../../kit/http-client.ts'
import { revocations } from '../../kit/revocations.ts'
import { arrangeAccounts, requireGoneAtOnce } from '../../kit/seen-at-once.ts'
import { startTopology, type Topology, topologySkip } from '../../kit/servers/topology.ts'

const rounds = 4
/** Each on a connection of its own, so that every thread is asked. */
const askedAtOnce = 6

const sendTo =
  (url: string): Send =>
  (request) =>
    ask(url, request)

describe('of what is taken away at one of two processes', { skip: topologySkip, concurrency: 1 }, () => {
  let topology: Topology
  before(async () => {
    topology = await startTopology({ settings: await administratorSettings() })
    await arrangeAccounts(new Actor(sendTo(topology.url)))
  })
  after(() => topology[Symbol.asyncDispose]())

  for (const revocation of revocations)
    test(`the other one knows nothing from the answer on: ${revocation.what}`, async () => {
      const urls = topology.ladings.map(({ url }) => url)
      for (let round = 0; round < rounds; round++) {
        const [here = '', there = ''] = round % 2 === 0 ? urls : urls.toReversed()
        await requireGoneAtOnce(revocation, {
          here: sendTo(here),
          there: Array.from({ length: askedAtOnce }, () => sendTo(there)),
        })
      }
    })
})
