import { mkdir } from 'node:fs/promises'
import type { Config } from '../config/config.ts'
import type { Sources } from '../config/source.ts'
import { type AdminSocket, openAdminSocket } from './admin/admin-socket.ts'
import { hostOf } from './admin/host.ts'
import type { Composed } from './compose.ts'
import { type Engines, openSearchedEngines } from './engines.ts'
import { makeFirstUser, type TellPassword } from './first-user.ts'
import { storeEngine } from './open-store.ts'
import type { Operator } from './operator.ts'
import type { RunningServer } from './running-server.ts'
import type { ServedEngines } from './serve-engines.ts'

export type { RunningServer } from './running-server.ts'

/**
 * The whole product, from its configuration. Rejects where it cannot start, and then leaves nothing open. `tell` hears
 * of a first user that had to be made.
 */
export async function startServer(
  config: Config,
  sources?: Sources,
  tell: TellPassword = toNobody,
): Promise<RunningServer> {
  const lock = await lockData(config)
  try {
    const server = await start(config, sources, tell)
    server.closed.then(lock, lock)
    return server
  } catch (error) {
    lock()
    throw error
  }
}

/** A database that is elsewhere locks no folder; the socket in it is one server's all the same. Answers what lets go of it. */
async function lockData(config: Config): Promise<() => void> {
  if (storeEngine(config) === 'sqlite') return () => {}
  const { lockFolder } = await import('../adapters/store/sqlite/process-lock.ts')
  await mkdir(config.data, { recursive: true, mode: 0o700 })
  const lock = lockFolder(config.data)
  return () => lock.release()
}

async function start(
  config: Config,
  sources: Sources | undefined,
  tell: TellPassword,
): Promise<RunningServer> {
  const engines = await openSearchedEngines(config)
  // While the store's writer starts, on another processor.
  const { serveEngines } = await import('./serve-engines.ts')
  for (const [setting, { where }] of Object.entries(sources ?? {})) {
    engines.telemetry.debug('setting', { setting, where })
  }
  const served = await serveEngines(engines, config, ({ core }) => makeFirstUser(core, config, tell))
  const admin = await hearOperator(served, engines, config)
  const { address, url, close, closed } = served
  if (admin !== undefined) served.endFirst(() => admin.close())
  return { address, url, close, closed }
}

function toNobody(): never {
  throw new Error('a first user has to be made, and nobody is there to be told the password')
}

/** A file system without sockets keeps nobody from pushing and pulling. */
async function hearOperator(
  { composed }: ServedEngines,
  { clock, telemetry }: Engines,
  config: Config,
): Promise<AdminSocket | undefined> {
  const now = (): number => clock.now()
  const startedAt = now()
  let operator: Promise<Operator> | undefined
  try {
    return await openAdminSocket({
      data: config.data,
      operator: () => (operator ??= loadOperator(composed, config, startedAt)),
      log: telemetry,
      now,
      graceMs: config.limits.shutdownGrace,
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    telemetry.warn('operator commands will not reach this server: there is no socket in its data folder', {
      reason,
    })
    return undefined
  }
}

/** When somebody comes: the start does not wait for code that a server may never need. */
async function loadOperator(composed: Composed, config: Config, startedAt: number): Promise<Operator> {
  const [{ bindOperator }, { openPlaces }] = await Promise.all([
    import('./compose/operator.ts'),
    import('./admin/places.ts'),
  ])
  return bindOperator(composed, hostOf(config, startedAt), await openPlaces(config.data))
}
