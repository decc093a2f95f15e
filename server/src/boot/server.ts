import type { Config } from '../config/config.ts'
import type { Sources } from '../config/source.ts'
import { openEngines } from './engines.ts'
import type { RunningServer } from './running-server.ts'
import { serveEngines } from './serve-engines.ts'

export type { RunningServer } from './running-server.ts'

/** The whole product, from its configuration. Rejects where it cannot start, and then leaves nothing open. */
export async function startServer(config: Config, sources?: Sources): Promise<RunningServer> {
  const engines = await openEngines(config)
  for (const [setting, { where }] of Object.entries(sources ?? {})) {
    engines.telemetry.debug('setting', { setting, where })
  }
  return await serveEngines(engines, config)
}
