import type { Config } from '../../config/config.ts'
import type { Generations } from '../../core/cache/generations.ts'
import type { UploadTurns } from '../../core/content/upload-turns.ts'
import type { Composed } from '../compose.ts'
import type { Engines } from '../engines.ts'
import { answerSearch } from './remote-search.ts'
import { ServingThreads } from './serving-threads.ts'

export interface OtherThreads {
  /** Beside the main one. */
  readonly count: number
  /** As for each of them, with the address that the main one has got. */
  readonly config: Config
  readonly bootId: string
  readonly generations: Generations
  readonly turns: UploadTurns
  readonly heardByAll: () => Promise<void>
  /** One has ended by itself. */
  readonly lost: (cause: unknown) => void
}

/** The threads that join the main one. undefined: there are none. */
export function otherThreads(
  { joint, telemetry }: Engines,
  { events, journal, searching }: Composed,
  { count, config, bootId, generations, turns, heardByAll, lost }: OtherThreads,
): ServingThreads | undefined {
  if (joint === undefined || count === 0) return undefined
  return new ServingThreads({
    count,
    dataOf: (thread) => ({
      thread,
      config: withPlainLog(config),
      bootId,
      generations: generations.shared,
      store: joint.shareStore?.(),
      hearing: generations.hearing?.shared,
      metrics: joint.metrics,
      unflushable: joint.unflushable,
      buckets: joint.buckets,
    }),
    turns,
    heardByAll,
    telemetry,
    writeLine: joint.passLine,
    wake: () => journal.wake(),
    publish: () => events.publish(),
    search: (call) => answerSearch(searching, call),
    lost,
  })
}

/** What `auto` means is known where the terminal is. */
function withPlainLog(config: Config): Config {
  const { log } = config
  if (log.format !== 'auto') return config
  return { ...config, log: { ...log, format: process.stderr.isTTY ? 'pretty' : 'json' } }
}
