import type { Measured, Row } from '../../session/row.ts'
import type { FilledDatabase } from '../filling/filled-database.ts'
import { twoFilters } from '../operations/look.ts'
import { measureTask, runTask } from '../run-task.ts'
import { freshDatabase } from '../servers/fresh-places.ts'
import type { Hosted } from '../servers/hosted.ts'
import type { Shared } from '../servers/shared.ts'
import type { PostgresqlLayerName } from '../task.ts'
import { Agreement } from './agreement.ts'
import { below, nothingToCheck, p95, rate, startTakes } from './figures.ts'
import type { Sizes } from './sizes.ts'

const clients = 16
const pageSize = 10
/** Seconds, roughly, for a million artifacts. */
const fillTakes = 1_800

const layerOf = ({ name }: Measured): PostgresqlLayerName => name as PostgresqlLayerName

export function storeRows(
  sizes: Sizes,
  { filled, empty }: { readonly filled: Shared<FilledDatabase>; readonly empty: Shared<Hosted> },
): readonly Row[] {
  const database = async (target: Measured): Promise<FilledDatabase> =>
    (await target.once(() => filled.lease())).value
  return [readRow(sizes, database), createRow(sizes, empty), ...listRows(sizes, database)]
}

type DatabaseOf = (target: Measured) => Promise<FilledDatabase>

async function looked(target: Measured, artifacts: number, database: DatabaseOf): Promise<Looked> {
  const { url, facts } = await database(target)
  return (await runTask({ do: 'look', layer: layerOf(target), url, artifacts, pageSize, facts })) as Looked
}

interface Looked {
  readonly reads: string
  readonly lists: string
}

function readRow({ artifacts }: Sizes, database: DatabaseOf): Row {
  const said = new Agreement()
  return {
    name: 'read by id, PostgreSQL',
    targets: ['lading', 'store', 'by hand'],
    about: `One reader, which waits for each answer; artifacts at places spread evenly over ${artifacts.toLocaleString('en')} of them, that were read before.`,
    figures: [p95(below(2)), rate('reads/s', { times: 0.6, against: ['by hand'] })],
    checkTakes: fillTakes / 3,
    takes: (seconds) => startTakes + 1.3 * seconds,
    check: async (target) => said.hold(target.name, (await looked(target, artifacts, database)).reads),
    measure: async (target, seconds) => {
      const { url } = await database(target)
      return await measureTask({ do: 'read', layer: layerOf(target), url, artifacts, seconds })
    },
  }
}

function createRow({ created }: Sizes, empty: Shared<Hosted>): Row {
  return {
    name: `create, durable, ${clients} clients, PostgreSQL`,
    targets: ['lading', 'store', 'by hand'],
    about: `Each client waits for its own answer, and what is answered has been flushed. An artifact with one published version is some thirty rows; \`store\` and \`by hand\` are given the rows that Lading makes of the same artifacts, ready to be inserted, and send each creation as one transaction. Every measurement begins with an empty database and makes ${created.toLocaleString('en')} artifacts at most.`,
    figures: [p95(below(20)), rate('artifacts/s', { times: 0.6, against: ['by hand'] })],
    checkTakes: startTakes,
    takes: (seconds) => 4 * startTakes + seconds,
    check: nothingToCheck,
    async measure(target, seconds) {
      const { value: server } = await target.once(() => empty.lease())
      await using database = await freshDatabase(server)
      const { url } = database
      return await measureTask({
        do: 'create',
        layer: layerOf(target),
        url,
        clients,
        pieces: created,
        seconds,
      })
    },
  }
}

function listRows({ artifacts, page }: Sizes, database: DatabaseOf): readonly Row[] {
  const names = twoFilters({ kind: '', organization: '', author: '', topic: '' }).map(({ name }) => name)
  const said = new Agreement()
  return names.map((combination, at) => ({
    name: `find by ${combination}, PostgreSQL`,
    targets: ['lading', 'by hand'],
    about: `Pages of ${pageSize} of the most frequent ones among ${artifacts.toLocaleString('en')}, by cursor, in each of the six orders; told is the slowest order. The deep page is the ${page.toLocaleString('en')}th, or the last where there are not so many.`,
    figures: [
      { id: 'first', name: 'first page, p95', unit: 'ms', better: 'less', goal: below(10) },
      { id: 'deep', name: 'deep page, p95', unit: 'ms', better: 'less', goal: below(10) },
      {
        id: 'depth',
        name: 'deep page / first page, medians',
        unit: 'times',
        better: 'less',
        goal: { below: 1.5, unit: 'times' },
      },
    ],
    checkTakes: startTakes,
    takes: (seconds) => 2 * startTakes + 1.3 * seconds,
    check: async (target: Measured) =>
      said.hold(target.name, (await looked(target, artifacts, database)).lists),
    async measure(target: Measured, seconds: number) {
      const { url, facts } = await database(target)
      const by = twoFilters(facts)[at]?.by
      if (by === undefined) throw new Error(`nothing is known of ${combination}`)
      return await measureTask({ do: 'list', layer: layerOf(target), url, by, pageSize, page, seconds })
    },
  }))
}
