import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { sharedStage } from '../kit/stage.ts'
import { givenTool } from '../kit/tool.ts'
import { earlier } from './expectations.ts'
import { judgeJunit } from './gate.ts'

const conformance = givenTool('conformance-1.1.1', 'LADING_CONFORMANCE_1_1')
const open = sharedStage()

test('the official program of version 1.1.1 finds no fault', { skip: conformance.skip }, async () => {
  const stage = await open()
  const folder = await stage.folder()
  const env = {
    OCI_ROOT_URL: stage.url,
    OCI_NAMESPACE: stage.repository(),
    OCI_CROSSMOUNT_NAMESPACE: stage.repository(),
    OCI_AUTOMATIC_CROSSMOUNT: '1',
    OCI_TEST_PULL: '1',
    OCI_TEST_PUSH: '1',
    OCI_TEST_CONTENT_DISCOVERY: '1',
    OCI_TEST_CONTENT_MANAGEMENT: '1',
    OCI_REPORT_DIR: folder,
  }
  const { code, stdout } = await stage.attempt(conformance, [], { cwd: folder, env, timeoutMs: 300_000 })
  const faults = judgeJunit(await readFile(join(folder, 'junit.xml'), 'utf8'), earlier)
  assert.equal(faults.join('\n'), '', stdout.slice(-8000))
  assert.equal(code, 0, stdout.slice(-8000))
})
