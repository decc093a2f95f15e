import type { Measured, Row } from '../../session/row.ts'
import type { Goal } from '../../statistics/goal.ts'
import { answerBytes, timeoutMs } from '../operations/cached.ts'
import { exponent } from '../operations/zipf.ts'
import { measureTask } from '../run-task.ts'
import { freshDatabase } from '../servers/fresh-places.ts'
import { addressOf, type Hosted } from '../servers/hosted.ts'
import type { Shared } from '../servers/shared.ts'
import type { CacheName } from '../task.ts'
import { below, figure, nothingToCheck, p95, rate, startTakes } from './figures.ts'
import type { Sizes } from './sizes.ts'

const zipfClients = 16
/** Seconds, roughly. */
const loadTakes = 15

interface Servers {
  readonly empty: Shared<Hosted>
  readonly redis: Shared<Hosted>
}

export function cacheRows(sizes: Sizes, servers: Servers): readonly Row[] {
  return [
    cachedRow(sizes, servers, { where: 'memory', targets: ['lading', 'memory tier'], goal: below(0.05) }),
    cachedRow(sizes, servers, { where: 'Redis', targets: ['redis tier', 'redis by hand'], goal: below(1) }),
    zipfRow(sizes, servers),
  ]
}

interface CachedIn {
  readonly where: string
  readonly targets: readonly CacheName[]
  readonly goal: Goal
}

function cachedRow({ cached }: Sizes, servers: Servers, { where, targets, goal }: CachedIn): Row {
  return {
    name: `cached read, ${where}`,
    targets,
    about: `One reader of ${cached} answers that were read before, of ${answerBytes.toLocaleString('en')} bytes where they are no artifacts; none of them may come from anywhere else.`,
    figures: [p95(goal), rate('reads/s')],
    checkTakes: startTakes,
    takes: (seconds) => 2 * startTakes + 1.3 * seconds,
    check: nothingToCheck,
    async measure(target, seconds) {
      const cache = target.name as CacheName
      const task = { do: 'cached', cache, entries: cached, seconds } as const
      if (cache === 'memory tier') return await measureTask({ ...task, url: '' })
      if (cache !== 'lading') return await measureTask({ ...task, url: await redisOf(target, servers) })
      const { value: server } = await target.once(() => servers.empty.lease())
      await using database = await freshDatabase(server)
      return await measureTask({ ...task, url: database.url })
    },
  }
}

function zipfRow({ zipf: { entries, reads } }: Sizes, servers: Servers): Row {
  return {
    name: 'load over two tiers, memory and Redis',
    targets: ['two tiers'],
    about: `${zipfClients} clients of one process read ${reads.toLocaleString('en')} times, out of ${entries.toLocaleString('en')} answers, each n as often as 1 / n ^ ${exponent}. Memory keeps 1,000 of them, as by default, and Redis as many as there are. Both are empty at first, and all reads count. Redis is waited for ${timeoutMs / 1000} s at most, where a registry waits 20 ms by default.`,
    figures: [
      figure({ id: 'missed', name: 'missed by both', unit: '%', better: 'less' }, { below: 10, unit: '%' }),
      figure({ id: 'beyond', name: 'missed by memory', unit: '%', better: 'less' }),
      p95(),
    ],
    checkTakes: startTakes,
    takes: () => startTakes + loadTakes,
    check: nothingToCheck,
    async measure(target) {
      const url = await redisOf(target, servers)
      return await measureTask({ do: 'zipf', url, entries, clients: zipfClients, reads })
    },
  }
}

async function redisOf(target: Measured, { redis }: Servers): Promise<string> {
  return addressOf((await target.once(() => redis.lease())).value, 'redis')
}
