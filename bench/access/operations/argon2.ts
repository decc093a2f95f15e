import { argon2, randomBytes } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { usualArgon2Cost } from '../../../server/src/adapters/identity/shared/open-passwords.ts'
import { Timings } from '../../library/operations/timings.ts'
import type { Task } from '../task.ts'
import { people } from './fill-people.ts'

const nanosPerMs = 1e6
const warming = 4
/** As many at once as one thread of a registry has computed. */
const width = 2
const derived = promisify(argon2)

/** The hash alone, with nothing around it but the pool of threads that it is computed on. */
export async function measureArgon2({
  checks,
  seconds,
}: Extract<Task, { do: 'argon2' }>): Promise<Readonly<Record<string, number>>> {
  const check = await argon2Time(checks)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const begun = performance.now()
  const until = begun + seconds * 1000
  const counts = await Promise.all(
    Array.from({ length: width }, async () => {
      let count = 0
      do {
        await derive()
        count += 1
      } while (performance.now() < until)
      return count
    }),
  )
  const rate = counts.reduce((sum, each) => sum + each, 0) / ((performance.now() - begun) / 1000)
  delay.disable()
  return { check, loop: delay.percentile(99) / nanosPerMs, rate }
}

/** ms, the median of so many, one after the other. */
export async function argon2Time(checks: number): Promise<number> {
  for (let one = 0; one < warming; one++) await derive()
  const timings = new Timings()
  for (let one = 0; one < checks; one++) {
    const begun = performance.now()
    await derive()
    timings.add(performance.now() - begun)
  }
  return timings.median
}

/** At the cost that hashes of a registry are made with (RFC 9106). */
async function derive(): Promise<void> {
  const { m, t, p } = usualArgon2Cost
  await derived('argon2id', {
    message: people.password,
    nonce: randomBytes(16),
    parallelism: p,
    tagLength: 32,
    memory: m,
    passes: t,
  })
}
