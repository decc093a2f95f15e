import type { Config } from '../../config/config.ts'
import { listenAddress } from '../../config/place-types.ts'
import { closeAll } from '../compose/close-all.ts'
import { bindOperator } from '../compose/operator.ts'
import { closeSearch, openSearchedEngines } from '../engines.ts'
import type { Operator } from '../operator.ts'
import { reachedAt } from '../reached-at.ts'
import { composeOn } from '../serve-engines.ts'
import { hostOf } from './host.ts'
import { openPlaces } from './places.ts'
import { quiet } from './quiet.ts'

export interface OpenedOperator {
  readonly operator: Operator
  /** Lets go of the data. */
  close(): Promise<void>
}

/**
 * The registry of a data folder that no server runs on, for its operator: no door is opened and no job runs. Holds the
 * folder's lock. Rejects as the server would where it cannot start, and then leaves nothing open.
 */
export async function openOperator(config: Config): Promise<OpenedOperator> {
  const engines = await openSearchedEngines(quiet(config))
  const { store, blobs, clock } = engines
  const close = async (): Promise<void> => {
    await closeAll([() => closeSearch(engines), () => blobs.close(), () => store.close()])
  }
  try {
    const { composed, journal } = await composeOn(engines, config)
    return {
      operator: bindOperator(
        composed,
        hostOf(config, { startedAt: clock.now(), reached: whenItServes(config) }),
        await openPlaces(config.data),
      ),
      close: async () => {
        try {
          composed.releaseKinds()
          await composed.searching?.close()
          await composed.pulls.close()
          await journal.stop()
        } finally {
          await close()
        }
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Empty where nobody knows yet which port it gets. */
function whenItServes(config: Config): string {
  const { listen, publicUrl } = config
  return listen.port === 0 && publicUrl === undefined
    ? ''
    : reachedAt(config, listenAddress.write(listen) as string)
}
