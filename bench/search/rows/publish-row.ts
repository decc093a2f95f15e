import { figure, nothingToCheck, startTakes } from '../../engines/rows/figures.ts'
import { freshDatabase } from '../../engines/servers/fresh-places.ts'
import { addressOf, hostServers } from '../../engines/servers/hosted.ts'
import { measuredSettings } from '../../engines/servers/settings.ts'
import { Shared } from '../../engines/servers/shared.ts'
import { freshFolder } from '../../process/folder.ts'
import type { Measured, Row } from '../../session/row.ts'
import type { Goal } from '../../statistics/goal.ts'
import { measureTask } from '../run-task.ts'
import { median } from './question-rows.ts'
import type { Sizes } from './sizes.ts'

const below = (ms: number, of?: string): Goal => ({ below: ms, unit: 'ms', ...(of !== undefined && { of }) })

export function publishRow({ published }: Sizes): Row {
  const postgresql = new Shared(() => hostServers({ postgresql: { settings: measuredSettings } }))
  const opensearch = new Shared(() => hostServers({ opensearch: { isLasting: true } }))
  return {
    name: 'publish to findable',
    targets: ['sqlite', 'postgresql', 'opensearch'],
    about: `${published} artifacts are published one after the other in a registry that had none, with the indexer that it has; from the answer to each until a search finds it, which looks every 5 ms. With \`opensearch\` the records are in SQLite.`,
    figures: [
      figure(
        { id: 'p95', name: 'p95', unit: 'ms', better: 'less' },
        { all: [below(1_000), below(1_000, 'postgresql'), below(3_000, 'opensearch')] },
      ),
      median,
    ],
    checkTakes: 2 * startTakes,
    takes: () => 5 * startTakes,
    check: nothingToCheck,
    async measure(target) {
      await using stack = new AsyncDisposableStack()
      const folder = stack.use(await freshFolder())
      const env = await settingsOf(target, stack)
      const { name: engine } = target
      return await measureTask({ do: 'publish', folder: folder.path, env, engine, artifacts: published })
    },
  }

  async function settingsOf(
    target: Measured,
    stack: AsyncDisposableStack,
  ): Promise<Readonly<Record<string, string>>> {
    switch (target.name) {
      case 'postgresql': {
        const { value: server } = await target.once(() => postgresql.lease())
        return { LADING_STORE_URL: stack.use(await freshDatabase(server)).url }
      }
      case 'opensearch': {
        const { value: server } = await target.once(() => opensearch.lease())
        const url = addressOf(server, 'opensearch')
        return {
          LADING_SEARCH_ENGINE: 'opensearch',
          LADING_SEARCH_URL: url,
          // Of every measurement another index: each begins with none.
          LADING_SEARCH_INDEX: `bench-${process.pid}-${Date.now()}`,
        }
      }
      default:
        return {}
    }
  }
}
