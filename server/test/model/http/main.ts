import { parseArgs } from 'node:util'
import { drivers, isDriverName } from './drivers.ts'
import { explore } from './explore.ts'

const usage = `npm run model -- [--runs <n>] [--driver ${Object.keys(drivers).join('|')}] [--seed <s>]`

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    driver: { type: 'string', default: 'in-process' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
})
const { driver } = values
const runs = Number(values.runs)
const seed = Number(values.seed)
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed) || !isDriverName(driver)) {
  console.error(usage)
  process.exit(2)
}
const begun = performance.now()
// By `exit`, so that a server of its own goes too.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => process.exit(1))
const { isTTY } = process.stdout
console.log(`seed ${seed}, ${runs} programs, driver ${driver}`)
const found = await explore({
  runs,
  seed,
  driver,
  tell: (played, failed) => {
    if (isTTY) process.stdout.write(`\r${played} played${failed ? ', one failed: making it smaller' : ''}`)
  },
})
if (isTTY) process.stdout.write('\n')
const seconds = ((performance.now() - begun) / 1000).toFixed(1)
console.log(found.failed ? found.report : `${found.runs} programs, and every answer was the model's`)
console.log(`${seconds} s`)
process.exitCode = found.failed ? 1 : 0
