import test from 'node:test'
import fc from 'fast-check'
import { checkProgram } from './check-program.ts'
import { program } from './steps.ts'

const numRuns = Number(process.env['LADING_MODEL_RUNS'] ?? 20_000)
const seed = Number(process.env['LADING_MODEL_SEED'] ?? Date.now() % 2 ** 31)

test(`the protocol of files, uploads, blobs and manifests holds under ${numRuns} random interleavings, seed ${seed}`, async (t) => {
  t.diagnostic(`LADING_MODEL_SEED=${seed} repeats this run`)
  await fc.assert(
    fc.asyncProperty(program, async (each) => await checkProgram(each)),
    { numRuns, seed, endOnFailure: false, verbose: 0 },
  )
})
