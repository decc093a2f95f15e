import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { sharedStage } from '../kit/stage.ts'
import { givenTool } from '../kit/tool.ts'
import { present } from './expectations.ts'
import { judgeResults } from './gate.ts'

const conformance = givenTool('conformance', 'LADING_CONFORMANCE')
const open = sharedStage()

for (const version of ['1.1', 'dev'] as const) {
  test(`the official program finds no fault by version ${version}`, { skip: conformance.skip }, async () => {
    const stage = await open()
    const folder = await stage.folder()
    const env = {
      OCI_REGISTRY: stage.address,
      OCI_TLS: 'disabled',
      OCI_REPO1: stage.repository(),
      OCI_REPO2: stage.repository(),
      OCI_VERSION: version,
      OCI_RESULTS_DIR: folder,
    }
    // A fault makes it exit with 1; the gate then tells which.
    const { code, stderr } = await stage.attempt(conformance, [], { cwd: folder, env, timeoutMs: 300_000 })
    const junit = await readFile(join(folder, 'junit.xml'), 'utf8')
    const results = await readFile(join(folder, 'results.yaml'), 'utf8')
    const faults = judgeResults(junit, results, present[version])
    if (faults.length > 0)
      faults.push(
        ...stderr
          .split('\n')
          .filter((line) => line.includes('failed test'))
          .slice(0, 40),
      )
    assert.equal(faults.join('\n'), '')
    assert.equal(code, 0, stderr)
  })
}
