import { threadCount } from '../../src/boot/threads/thread-count.ts'
import type { Config } from '../../src/config/config.ts'
import type { SpawnedServer } from './spawned-server.ts'
import { until } from './until.ts'

/** Until every thread that a server has by default takes requests: all but the first start a moment after it. */
export async function allThreads(server: SpawnedServer): Promise<void> {
  const byDefault = { threads: undefined } as unknown as Config
  if (threadCount(byDefault) > 1)
    await until(async () => server.printed().includes('several threads serve requests'))
}
