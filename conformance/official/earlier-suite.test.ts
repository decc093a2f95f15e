import { test } from 'node:test'
import { sharedStage } from '../kit/stage.ts'
import { givenTool } from '../kit/tool.ts'
import { runEarlierSuite } from './run-suite.ts'

const conformance = givenTool('conformance-1.1.1', 'LADING_CONFORMANCE_1_1')
const open = sharedStage()

test('the official program of version 1.1.1 finds no fault', { skip: conformance.skip }, async () => {
  const { address } = await open()
  await runEarlierSuite(conformance, address)
})
