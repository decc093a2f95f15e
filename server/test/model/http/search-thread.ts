import { parentPort, workerData } from 'node:worker_threads'
import fc from 'fast-check'
import type { Search } from '../search.ts'
import { checkRun } from './check-run.ts'
import type { Driver } from './driver.ts'
import { openInProcess } from './in-process.ts'
import { program } from './program.ts'

const { runs, seed } = workerData as Search

/** Opening a registry takes as long as many programs do. Once one has failed, each has its own: the failure must be its. */
const programsEach = 25
let driver: Driver | undefined
let played = 0
let failed = false

const property = fc.asyncProperty(program, async (each) => {
  if (failed || played++ % programsEach === 0) {
    await driver?.[Symbol.asyncDispose]()
    driver = await openInProcess()
  }
  driver?.next()
  try {
    await checkRun(driver as Driver, each)
  } catch (error) {
    failed = true
    throw error
  }
})
const found = await fc.check(property, { numRuns: runs, seed })
await driver?.[Symbol.asyncDispose]()
parentPort?.postMessage({
  failed: found.failed,
  runs: found.numRuns,
  report: found.failed ? `${fc.defaultReportMessage(found)}\n${told(found.errorInstance)}` : '',
})

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
