import { parseArgs } from 'node:util'
import { shown, unmet } from './report.ts'
import { soak } from './soak.ts'

const usage = 'npm run soak -- [--minutes <m>] [--seed <s>] [--rate <n>] [--json]'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    rate: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
const rate = Number(values.rate)
if (!(minutes > 0) || !Number.isSafeInteger(seed) || !(rate > 0)) {
  console.error(usage)
  process.exit(2)
}
// By `exit`, so that the server goes too.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => process.exit(1))
const { isTTY } = process.stderr
const report = await soak({
  seconds: minutes * 60,
  warmUpSeconds: Math.max(10, (minutes * 60) / 10),
  seed,
  rate,
  sampleEveryMs: 5_000,
  tell: ({ seconds, requests }) => {
    if (isTTY) process.stderr.write(`\r${seconds.toFixed(0)} s of ${minutes * 60}, ${requests} requests`)
  },
})
if (isTTY) process.stderr.write('\n')
if (values.json) console.log(JSON.stringify({ ...report, unmet: unmet(report) }, null, 1))
else console.log(`seed ${seed}\n${shown(report)}`)
process.exitCode = unmet(report).length > 0 ? 1 : 0
