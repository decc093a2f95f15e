import { parentPort, workerData } from 'node:worker_threads'
import fc from 'fast-check'
import { openS3Blobs } from '../../../src/adapters/blobs/s3/open-s3-blobs.ts'
import { systemClock } from '../../../src/adapters/clock/system/system-clock.ts'
import { cryptoRandom } from '../../../src/adapters/random/crypto/crypto-random.ts'
import type { Blobs } from '../../../src/ports/blobs/blobs.ts'
import type { S3Server } from '../../kit/servers/s3-server.ts'
import { checkProgram } from '../../model/check-program.ts'
import type { Search } from '../../model/search.ts'
import { program } from '../../model/steps.ts'

export interface S3Search extends Search {
  readonly server: Pick<S3Server, 'endpoint' | 'region' | 'credentials'>
  readonly bucket: string
}

/** ms for which S3 may take its time. */
const patienceMs = 20_000

const { runs, seed, server, bucket } = workerData as S3Search
let worlds = 0
const property = fc.asyncProperty(program, async (each) => {
  const prefix = `world-${++worlds}/`
  // Each process of the world has an engine of its own, and knows nothing of what others have in memory.
  const openFiles = (): Promise<Blobs> =>
    openS3Blobs({
      ...server,
      bucket,
      prefix,
      pathStyle: true,
      redirect: false,
      hashThread: 'none',
      clock: systemClock,
      random: cryptoRandom,
    })
  await checkProgram(each, { openFiles, patienceMs })
})
const found = await fc.check(property, { numRuns: runs, seed, endOnFailure: true })
parentPort?.postMessage({
  failed: found.failed,
  runs: found.numRuns,
  report: found.failed ? fc.defaultReportMessage(found) : '',
})
