import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startTopology, type Topology, topologySkip } from '../../kit/servers/topology.ts'
import { requirements } from '../../protocols/oci/requirements/all.ts'
import { OciClient } from '../../protocols/oci/requirements/oci-client.ts'

describe('the distribution spec, each request at another process than the one before', {
  skip: topologySkip,
}, () => {
  let topology: Topology
  before(async () => {
    topology = await startTopology()
  })
  after(async () => {
    const { answered, failures, movedOn } = topology.proxy
    const printed = topology.ladings.map((each) => each.printed())
    await topology[Symbol.asyncDispose]()
    const [first = 0, second = 0] = answered
    assert.ok(first > 100 && Math.abs(first - second) <= 1, `they took turns: ${answered.join()}`)
    assert.deepEqual({ failures, movedOn }, { failures: [], movedOn: 0 })
    const errors = printed.flatMap((each) =>
      each.split('\n').filter((line) => line.includes('"level":"error"')),
    )
    assert.deepEqual(errors, [], 'nothing failed inside')
  })

  for (const { id, section, check } of requirements) {
    it(`${id} (${section})`, () => check(new OciClient(topology.url)))
  }
})
