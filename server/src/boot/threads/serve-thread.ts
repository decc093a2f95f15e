import type { Config } from '../../config/config.ts'
import { unsealedNow } from '../../core/audit/unsealed-tail.ts'
import { countingDamaged } from '../../core/content/count-damaged.ts'
import { listen } from '../../http/listen.ts'
import type { Report } from '../../http/problem.ts'
import { closeAll } from '../compose/close-all.ts'
import type { Composed } from '../compose.ts'
import type { Engines } from '../engines.ts'
import { instrumentEngines } from '../instrument/instrument.ts'
import { Watch } from '../instrument/watch.ts'
import { composeOn, doors, listenOptions, type Process } from '../serve-engines.ts'
import { whenThere } from './when-there.ts'

export interface ServedThread {
  readonly composed: Composed
  readonly report: Report
  /** Takes no more requests, lets those that run end, then closes what the thread has open. */
  close(graceMs: number): Promise<void>
}

/**
 * The same doors in another thread of the process, on engines that join those of the main one. It runs no jobs: `wake`
 * tells the main thread that there may be one.
 */
export async function serveThread(
  opened: Engines,
  config: Config,
  shared: Process & { readonly wake: () => void; readonly leaving: AbortSignal },
): Promise<ServedThread> {
  const engines = instrumentEngines(opened)
  const { blobs, store, telemetry, tracing } = engines
  const { journal, composed } = await whenThere(
    () => composeOn(engines, config, shared, shared.wake),
    engines,
  )
  const watch = new Watch({
    telemetry,
    journal,
    folder: config.data,
    damaged: countingDamaged(composed.core),
    lags: () => composed.registry.search.lags(),
    unsealed: () => unsealedNow(composed.core),
  })
  const { leaving } = shared
  const options = { ...(await listenOptions(engines, config)), reusePort: true, leaving }
  const http = await listen(doors(composed.registry, engines, config, { watch, leaving }), options)
  watch.start(http, engines.looks ?? [])
  return {
    composed,
    report: options.report,
    close: (graceMs) =>
      closeAll([
        () => http.close(graceMs),
        async () => watch[Symbol.dispose](),
        () => composed.pulls.close(),
        () => composed.signIn.close(),
        () => composed.refusals.close(),
        () => composed.closeFar(),
        async () => await engines.rates?.close(),
        () => blobs.close(),
        () => store.close(),
        async () => tracing?.close(),
      ]),
  }
}
