import { mkdir } from 'node:fs/promises'
import type { Config } from '../config/config.ts'
import type { Sources } from '../config/source.ts'
import { makeAdministrator } from '../core/access/make-administrator.ts'
import { beginSetUp, setUpPath } from '../core/access/set-up.ts'
import type { Core } from '../core/ledger/core.ts'
import { type AdminSocket, openAdminSocket } from './admin/admin-socket.ts'
import { hostOf, type Known } from './admin/host.ts'
import type { Composed } from './compose.ts'
import { type Engines, openSearchedEngines } from './engines.ts'
import { storeEngine } from './open-store.ts'
import type { Operator } from './operator.ts'
import { reachedAt } from './reached-at.ts'
import type { RunningServer } from './running-server.ts'
import type { ServedEngines } from './serve-engines.ts'

export type { RunningServer } from './running-server.ts'

/** The whole product, from its configuration. Rejects where it cannot start, and then leaves nothing open. */
export async function startServer(config: Config, sources?: Sources): Promise<RunningServer> {
  const lock = await lockData(config)
  try {
    const server = await start(config, sources)
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

async function start(config: Config, sources: Sources | undefined): Promise<RunningServer> {
  const engines = await openSearchedEngines(config)
  // While the store's writer starts, on another processor.
  const { serveEngines } = await import('./serve-engines.ts')
  for (const [setting, { where }] of Object.entries(sources ?? {})) {
    engines.telemetry.debug('setting', { setting, where })
  }
  const served = await serveEngines(engines, config, ({ core }) => setUpBy(config, core))
  const { address, url, close, closed } = served
  const reached = reachedAt(config, address)
  const admin = await hearOperator(served, engines, { config, reached })
  const token = await beginSetUp(served.composed.core)
  if (admin !== undefined) served.endFirst(() => admin.close())
  const setUp = token === undefined ? {} : { setUp: `${reached}${setUpPath(token)}` }
  return { address, url, ...setUp, close, closed }
}

/** Before anybody can ask for anything: where an account is configured, nobody finds the registry without one. */
async function setUpBy({ access: { administrator } }: Config, core: Core): Promise<void> {
  if (administrator === undefined) return
  const { name, passwordHash: hash } = administrator
  const found = await makeAdministrator(core, { name, hash })
  if (found === 'made')
    core.telemetry.info('the first account was made, as access.administrator says', { name })
  if (found === 'unknown')
    core.telemetry.warn(
      'access.administrator changes nothing: there are accounts, and it has none of that name',
      { name },
    )
}

/** A file system without sockets keeps nobody from pushing and pulling. */
async function hearOperator(
  { composed }: ServedEngines,
  { clock, telemetry }: Engines,
  { config, reached }: { readonly config: Config; readonly reached: string },
): Promise<AdminSocket | undefined> {
  const now = (): number => clock.now()
  const startedAt = now()
  let operator: Promise<Operator> | undefined
  try {
    return await openAdminSocket({
      data: config.data,
      operator: () => (operator ??= loadOperator(composed, config, { startedAt, reached })),
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
async function loadOperator(composed: Composed, config: Config, known: Known): Promise<Operator> {
  const [{ bindOperator }, { openPlaces }] = await Promise.all([
    import('./compose/operator.ts'),
    import('./admin/places.ts'),
  ])
  return bindOperator(composed, hostOf(config, known), await openPlaces(config.data))
}
