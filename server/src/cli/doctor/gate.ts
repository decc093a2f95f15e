import { tryRedisAt } from '../../boot/admin/try-caches.ts'
import type { Config } from '../../config/config.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'

/** A start makes a connection within this time too. */
const answerMs = 1000

/** Whether those who ask are told apart. */
export const gateCheck: Check = {
  name: 'gate',
  async run({ config }) {
    return [...lookAtProxies(config), ...(await lookAtRates(config))]
  },
}

function lookAtProxies({ gate: { proxies }, publicUrl, tls }: Config): readonly Finding[] {
  const everybody = proxies.find((range) => /\/[0-7]$/.test(range))
  if (everybody !== undefined)
    return [
      problem(
        `gate.proxies has ${everybody}: anybody may say that they come from anywhere`,
        'name the addresses of your own proxies alone',
      ),
    ]
  // TLS ends before it comes here.
  const isBehindProxy = publicUrl?.startsWith('https:') === true && tls.cert === undefined
  if (!isBehindProxy || proxies.length > 0) return []
  return [
    warning(
      'a proxy stands before this registry, and is not believed: all who come by it count as one address',
      'name its address in gate.proxies',
    ),
  ]
}

async function lookAtRates({ rates: { redis, ca } }: Config): Promise<readonly Finding[]> {
  if (redis === undefined) return []
  const shown = URL.canParse(redis) ? new URL(redis).host : 'the server'
  const wrong = await tryRedisAt({ url: redis, ca }, answerMs)
  if (wrong === undefined) return [ok(`Redis at ${shown} answers`)]
  return [
    warning(
      `Redis at ${shown} cannot be used: ${wrong}; each process counts by itself`,
      'see whether it runs, and correct rates.redis (redis://user:password@host:port)',
    ),
  ]
}
