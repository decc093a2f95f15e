import { parentPort, workerData } from 'node:worker_threads'
import fc from 'fast-check'
import type { Search } from '../search.ts'
import { checkRun } from './check-run.ts'
import { openInProcess } from './in-process.ts'
import { program } from './program.ts'

const { runs, seed } = workerData as Search
const property = fc.asyncProperty(program, async (each) => {
  await using driver = await openInProcess()
  await checkRun(driver, each)
})
const found = await fc.check(property, { numRuns: runs, seed })
parentPort?.postMessage({
  failed: found.failed,
  runs: found.numRuns,
  report: found.failed ? `${fc.defaultReportMessage(found)}\n${told(found.errorInstance)}` : '',
})

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
