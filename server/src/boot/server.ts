import type { Config } from '../config/config.ts'
import type { Sources } from '../config/source.ts'
import { type AdminSocket, openAdminSocket } from './admin-socket.ts'
import { bindOperator } from './compose/operator.ts'
import { type Engines, openEngines } from './engines.ts'
import { hostOf } from './host.ts'
import { openPlaces } from './places.ts'
import type { RunningServer } from './running-server.ts'
import { type ServedEngines, serveEngines } from './serve-engines.ts'

export type { RunningServer } from './running-server.ts'

/** The whole product, from its configuration. Rejects where it cannot start, and then leaves nothing open. */
export async function startServer(config: Config, sources?: Sources): Promise<RunningServer> {
  const engines = await openEngines(config)
  for (const [setting, { where }] of Object.entries(sources ?? {})) {
    engines.telemetry.debug('setting', { setting, where })
  }
  const served = await serveEngines(engines, config)
  const admin = await hearOperator(served, engines, config)
  const { address, url, closed } = served
  const close = async (): Promise<void> => {
    // What an operator began would go on at data that are being closed.
    await Promise.resolve(admin?.close()).finally(served.close)
  }
  let closing: Promise<void> | undefined
  return { address, url, closed, close: () => (closing ??= close()) }
}

/** A file system without sockets keeps nobody from pushing and pulling. */
async function hearOperator(
  { composed }: ServedEngines,
  { clock, telemetry }: Engines,
  config: Config,
): Promise<AdminSocket | undefined> {
  const now = (): number => clock.now()
  try {
    const operator = bindOperator(composed, hostOf(config, now()), await openPlaces())
    return await openAdminSocket({ data: config.data, operator, log: telemetry, now })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    telemetry.warn('operator commands will not reach this server: there is no socket in its data folder', {
      reason,
    })
    return undefined
  }
}
