import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Finished, runProgram } from '../kit/run-program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import type { Tool } from '../kit/tool.ts'
import { earlier, present } from './expectations.ts'
import { judgeJunit, judgeResults } from './gate.ts'

const timeoutMs = 300_000
const newRepository = (): string => `conformance/r${randomBytes(6).toString('hex')}`

/** Holds the registry at `host:port` against a version of the specification, by the present program. */
export async function runPresentSuite(program: Tool, address: string, version: '1.1' | 'dev'): Promise<void> {
  await using folder = await temporaryFolder()
  const { path } = folder
  // A fault makes it exit with 1; the gate then tells which.
  const { code, stderr } = await run(program, path, {
    OCI_REGISTRY: address,
    OCI_TLS: 'disabled',
    OCI_REPO1: newRepository(),
    OCI_REPO2: newRepository(),
    OCI_VERSION: version,
    OCI_RESULTS_DIR: path,
  })
  const junit = await readFile(join(path, 'junit.xml'), 'utf8')
  const results = await readFile(join(path, 'results.yaml'), 'utf8')
  const faults = judgeResults(junit, results, present[version])
  if (faults.length > 0) {
    const failed = stderr.split('\n').filter((line) => line.includes('failed test'))
    faults.push(...failed.slice(0, 40))
  }
  assert.equal(faults.join('\n'), '')
  assert.equal(code, 0, stderr)
}

/** The same by version 1.1.1's program. */
export async function runEarlierSuite(program: Tool, address: string): Promise<void> {
  await using folder = await temporaryFolder()
  const { path } = folder
  const { code, stdout } = await run(program, path, {
    OCI_ROOT_URL: `http://${address}`,
    OCI_NAMESPACE: newRepository(),
    OCI_CROSSMOUNT_NAMESPACE: newRepository(),
    OCI_AUTOMATIC_CROSSMOUNT: '1',
    OCI_TEST_PULL: '1',
    OCI_TEST_PUSH: '1',
    OCI_TEST_CONTENT_DISCOVERY: '1',
    OCI_TEST_CONTENT_MANAGEMENT: '1',
    OCI_REPORT_DIR: path,
  })
  const faults = judgeJunit(await readFile(join(path, 'junit.xml'), 'utf8'), earlier)
  assert.equal(faults.join('\n'), '', stdout.slice(-8000))
  assert.equal(code, 0, stdout.slice(-8000))
}

async function run(program: Tool, home: string, env: Readonly<Record<string, string>>): Promise<Finished> {
  return await runProgram(program.path, [], { cwd: home, env: { HOME: home, ...env }, timeoutMs })
}
