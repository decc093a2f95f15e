import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { startTopology, type Topology, topologySkip } from '../../server/test/kit/servers/topology.ts'
import { givenTool } from '../kit/tool.ts'
import { runEarlierSuite, runPresentSuite } from './run-suite.ts'

const presentTool = givenTool('conformance', 'LADING_CONFORMANCE')
const earlierTool = givenTool('conformance-1.1.1', 'LADING_CONFORMANCE_1_1')

describe('two processes on shared servers, whose requests take turns', () => {
  let opening: Promise<Topology> | undefined
  const open = (): Promise<Topology> => (opening ??= startTopology())
  after(async () => {
    const topology = await opening?.catch(() => undefined)
    await topology?.[Symbol.asyncDispose]()
    if (topology !== undefined) assert.deepEqual(topology.proxy.failures, [])
  })

  for (const version of ['1.1', 'dev'] as const) {
    const skip = presentTool.skip || topologySkip
    test(`pass the official program by version ${version}`, { skip }, async () => {
      await runPresentSuite(presentTool, (await open()).address, version)
    })
  }

  test('pass the official program of version 1.1.1', { skip: earlierTool.skip || topologySkip }, async () => {
    await runEarlierSuite(earlierTool, (await open()).address)
  })
})
