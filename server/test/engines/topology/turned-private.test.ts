import { test } from 'node:test'
import { Actor, administratorSettings, type Send } from '../../kit/access-actor.ts'
import { ask } from '../../kit/http-client.ts'
import { startTopology, topologySkip } from '../../kit/servers/topology.ts'
import { arrangePulls, requireServedNobody } from '../../kit/turned-private.ts'

const rounds = 2

const sendTo =
  (url: string): Send =>
  (request) =>
    ask(url, request)

test('a namespace that is turned private at one of two processes serves nobody without rights from the answer on, at either', {
  skip: topologySkip,
}, async (t) => {
  await using topology = await startTopology({ settings: await administratorSettings() })
  const urls = topology.ladings.map(({ url }) => url)
  const content = await arrangePulls(new Actor(sendTo(topology.url)))
  for (let round = 0; round < rounds; round++) {
    const change = sendTo(urls[round % urls.length] ?? '')
    t.diagnostic(await requireServedNobody({ change, urls }, content))
  }
})
