import { parseArgs } from 'node:util'
import { crash } from './driver.ts'
import { shown, unmet } from './report.ts'
import { crashShared } from './shared-driver.ts'

const usage = 'npm run crash -- [--kills <n>] [--seed <s>] [--minutes <m>] [--shared] [--verbose]'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    minutes: { type: 'string', default: 'Infinity' },
    shared: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})
const kills = Number(values.kills)
const seed = Number(values.seed)
const minutes = Number(values.minutes)
if (!Number.isSafeInteger(kills) || kills < 1 || !Number.isSafeInteger(seed) || !(minutes > 0)) {
  console.error(usage)
  process.exit(2)
}
const begun = performance.now()
const tell = values.verbose ? (line: string): void => console.log(line) : () => undefined
console.log(`seed ${seed}, ${kills} kills`)
if (values.shared) {
  // Two processes on PostgreSQL, S3 and Redis.
  const { wrong, answers, ...counts } = await crashShared({ kills, seed, tell })
  console.log(JSON.stringify({ ...counts, answers: Object.fromEntries(answers) }, null, 2))
  console.log(wrong.length === 0 ? 'nothing was lost' : wrong.map((one) => `WRONG: ${one}`).join('\n'))
  process.exit(wrong.length > 0 ? 1 : 0)
}
const report = await crash({ kills, seed, minutes, tell })
console.log(shown(report))
console.log(`${((performance.now() - begun) / 1000).toFixed(1)} s`)
const missed = unmet(report)
if (missed.length > 0) console.log(`NOT MET: no kill landed in ${missed.join(', ')}`)
process.exitCode = report.wrong.length + missed.length > 0 ? 1 : 0
