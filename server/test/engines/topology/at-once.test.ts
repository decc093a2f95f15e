import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, ask } from '../../kit/http-client.ts'
import { startTopology, type Topology, topologySkip } from '../../kit/servers/topology.ts'
import { OciClient } from '../../protocols/oci/requirements/oci-client.ts'

const rounds = 40
/** Each on a connection of its own, so that every thread is asked. */
const askedAtOnce = 6

describe('what one of two processes has acknowledged', { skip: topologySkip, concurrency: 1 }, () => {
  let topology: Topology
  before(async () => {
    topology = await startTopology()
  })
  after(() => topology[Symbol.asyncDispose]())

  test('the other one answers at once: moved, deleted and made again, whatever it has answered before', async () => {
    const urls = topology.ladings.map(({ url }) => url)
    for (let round = 0; round < rounds; round++) {
      const [here = '', there = ''] = round % 2 === 0 ? urls : [...urls].reverse()
      const client = new OciClient(here)
      const repository = `acme/at-once-${round}`
      const answers = async (reference: string): Promise<(string | number)[]> => {
        const path = `/v2/${repository}/manifests/${reference}`
        const replies = await Promise.all(
          Array.from({ length: askedAtOnce }, (): Promise<Answer> => ask(there, { path })),
        )
        return [
          ...new Set(
            replies.map(({ status, headers }) => String(headers['docker-content-digest'] ?? status)),
          ),
        ]
      }
      assert.deepEqual(await answers('v1'), ['404'], `round ${round}: nothing yet`)
      const first = await client.pushImage(repository, 'v1')
      assert.deepEqual(await answers('v1'), [first.digest], `round ${round}: pushed`)
      const second = await client.pushImage(repository, 'v1')
      assert.deepEqual(await answers('v1'), [second.digest], `round ${round}: moved`)
      assert.deepEqual(await answers(second.digest), [second.digest], `round ${round}: by its digest`)
      const path = `/v2/${repository}/manifests/${second.digest}`
      assert.equal((await ask(here, { method: 'DELETE', path })).status, 202)
      assert.deepEqual(await answers(second.digest), ['404'], `round ${round}: deleted`)
      assert.deepEqual(await answers('v1'), ['404'], `round ${round}: deleted with its tag`)
    }
  })
})
