import { parentPort, workerData } from 'node:worker_threads'
import fc from 'fast-check'
import { breakages } from './breakages.ts'
import { checkProgram } from './check-program.ts'
import type { Search } from './search.ts'
import { program } from './steps.ts'

const { runs, seed, breakage } = workerData as Search
const property = fc.asyncProperty(
  program,
  async (each) => await checkProgram(each, breakage === undefined ? {} : { breakage: breakages[breakage] }),
)
const found = await fc.check(property, { numRuns: runs, seed, endOnFailure: breakage !== undefined })
parentPort?.postMessage({
  failed: found.failed,
  runs: found.numRuns,
  report: found.failed ? fc.defaultReportMessage(found) : '',
})
