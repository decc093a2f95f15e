import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { record } from './recording.ts'
import { replay } from './replay.ts'

const usage = 'npm run power-cuts -- [--states <n>] [--seed <s>] [--verbose]'

const { values } = parseArgs({
  options: {
    states: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    verbose: { type: 'boolean', default: false },
  },
})
const states = Number(values.states)
const seed = Number(values.seed)
if (!Number.isSafeInteger(states) || states < 1 || !Number.isSafeInteger(seed)) {
  console.error(usage)
  process.exit(2)
}
const begun = performance.now()
const root = await mkdtemp(join(tmpdir(), 'lading-power-'))
try {
  const recording = await record(root, seed)
  console.log(
    `seed ${seed}: ${recording.events.length} events, ${recording.asked.length} requests, ${((performance.now() - begun) / 1000).toFixed(1)} s`,
  )
  const tell = values.verbose ? { tell: (line: string): void => console.log(line) } : {}
  const report = await replay(recording, { seed, states, ...tell })
  console.log(JSON.stringify(report, undefined, 2))
  process.exitCode = report.wrong.length > 0 ? 1 : 0
} finally {
  await rm(root, { recursive: true, force: true })
}
console.log(`${((performance.now() - begun) / 1000).toFixed(1)} s`)
