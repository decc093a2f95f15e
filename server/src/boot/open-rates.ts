import { readFileSync } from 'node:fs'
import { MemoryRates } from '../adapters/rates/memory/memory-rates.ts'
import type { Config } from '../config/config.ts'
import type { Rates } from '../ports/rates/rates.ts'
import type { Telemetry } from '../ports/telemetry/telemetry.ts'
import { loadEngine } from './load-engine.ts'

/** A server that does not answer is asked again after so long, ms. */
const restMs = 5_000

/** `buckets`: what all threads of the process count in. A server that is not there does not keep a registry from starting. */
export async function openRates(
  { rates: { redis, ca, timeout } }: Config,
  telemetry: Telemetry,
  buckets: SharedArrayBuffer,
): Promise<Rates> {
  const near = new MemoryRates({ now: processMs, shared: buckets })
  if (redis === undefined) return near
  const [{ openRedisRates }, { FallbackRates }] = await loadEngine(() =>
    Promise.all([
      import('../adapters/rates/redis/redis-rates.ts'),
      import('../adapters/rates/fallback/fallback-rates.ts'),
    ]),
  )
  const trust = ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') }
  return new FallbackRates({
    first: openRedisRates({ url: redis, timeoutMs: timeout, ...trust }),
    second: near,
    monotonic: processMs,
    restMs,
    onRest: (error) =>
      telemetry.warn('rates.redis does not answer; each process counts by itself', { reason: error.message }),
  })
}

/** Of a clock that is one for all threads of the process. */
const processMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000
