import { test } from 'node:test'
import { sharedStage } from '../kit/stage.ts'
import { givenTool } from '../kit/tool.ts'
import { runPresentSuite } from './run-suite.ts'

const conformance = givenTool('conformance', 'LADING_CONFORMANCE')
const open = sharedStage()

for (const version of ['1.1', 'dev'] as const) {
  test(`the official program finds no fault by version ${version}`, { skip: conformance.skip }, async () => {
    const { address } = await open()
    await runPresentSuite(conformance, address, version)
  })
}
