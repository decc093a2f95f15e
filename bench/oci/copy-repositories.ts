import { links, manifests, tagHistory, tags } from '../../server/src/core/catalog/tables.ts'
import { blobs, holdings, namespaces, repositories } from '../../server/src/core/content/tables.ts'
import type { Core } from '../../server/src/core/ledger/core.ts'
import { namespaceOf } from '../../server/src/domain/repository-name.ts'
import { insert, patch } from '../../server/src/ports/store/change.ts'
import type { Change } from '../../server/src/ports/store/store.ts'
import type { Row, Table } from '../../server/src/ports/store/table.ts'
import { type Filling, perTeam, repositoryAt } from './filling.ts'

/** Tables of which a repository has rows, each under its id. */
const parts = [holdings, manifests, links, tags, tagHistory] as unknown as readonly Table[]

/** More rows than a repository has. */
const rowLimit = 1000
/** Batches that wait for the store: it flushes what waits together. */
const atOnce = 16

/** What is copied: a repository's rows, but for the one of its own. */
interface Pattern {
  readonly rows: readonly { readonly table: Table; readonly row: Row }[]
  /** How often each content is referred to by the rows. */
  readonly refs: ReadonlyMap<string, number>
  /** What the repository's namespace uses for it. */
  readonly bytes: number
  readonly manifests: number
}

/**
 * Copies the first repository, which is alone, until there are as many as are wanted: a batch for each namespace. Ids
 * ascend, so that most rows come to stand behind the last ones, which is quick; names come in another order, so that
 * neighbours by name are none by id, as in a registry that has grown.
 */
export async function copyRepositories(core: Core, filling: Filling): Promise<void> {
  const pattern = await readPattern(core)
  const ids = Array.from({ length: filling.repositories }, () => core.random.uuid()).sort()
  const teams = Math.ceil(filling.repositories / perTeam)
  const stride = strideThrough(teams)
  let next = 0
  const work = async (): Promise<void> => {
    while (next < teams) {
      const team = (next * stride) % teams
      const own = ids.slice(next * perTeam, (next + 1) * perTeam)
      next += 1
      const changes = teamChanges(core, pattern, { team, ids: own, wanted: filling.repositories })
      await core.ledger.keep(async () => ({ value: undefined, changes }))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

async function readPattern({ store }: Core): Promise<Pattern> {
  const first = await store.get(repositories, { unique: 'name', values: [repositoryAt(0)] })
  if (first === undefined) throw new Error('the first repository is not there')
  const rows: { table: Table; row: Row }[] = []
  for (const table of parts) {
    const found = await store.find(table, { index: 'key', eq: [first.id], limit: rowLimit })
    for (const { rev: _rev, ...row } of found.rows) rows.push({ table, row })
  }
  const of = (table: unknown): Row[] => rows.filter((each) => each.table === table).map(({ row }) => row)
  const counted = [...of(holdings), ...of(manifests)]
  return {
    rows,
    refs: new Map(
      counted.map(({ digest }) => [digest, counted.filter((row) => row['digest'] === digest).length]),
    ),
    bytes: counted.reduce((sum, { size }) => sum + size, 0),
    manifests: of(manifests).length,
  }
}

/** The least step that is larger than a third and comes past every one of so many places. */
function strideThrough(count: number): number {
  const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b))
  let stride = Math.floor(count / 3) + 1
  while (common(stride, count) > 1) stride += 1
  return stride
}

interface Team {
  readonly team: number
  /** For its repositories; for those beyond, others are made. */
  readonly ids: readonly string[]
  /** Repositories of all teams. */
  readonly wanted: number
}

/** One namespace with its repositories, all in one batch. */
function teamChanges(core: Core, pattern: Pattern, { team, ids, wanted }: Team): Change[] {
  // The first repository is there, and so is its namespace.
  const from = Math.max(1, team * perTeam)
  const to = Math.min(wanted, (team + 1) * perTeam)
  const count = to - from
  if (count <= 0) return []
  const createdAt = core.clock.now()
  const namespace = namespaceOf(repositoryAt(from))
  const usage = {
    bytes: count * pattern.bytes,
    repositories: count,
    manifests: count * pattern.manifests,
  }
  const copies = Array.from({ length: count }, (_, at) => {
    const id = ids[at] ?? core.random.uuid()
    const name = repositoryAt(from + at)
    return [
      insert(repositories, { id, name, namespace, createdAt, live: true }),
      ...pattern.rows.map(({ table, row }) => insert(table, { ...row, repository: id })),
    ]
  })
  return [
    team === 0 ? patch(namespaces, [namespace], { add: usage }) : insert(namespaces, { namespace, ...usage }),
    ...[...pattern.refs].map(([digest, refs]) => patch(blobs, [digest], { add: { refs: refs * count } })),
    ...copies.flat(),
  ]
}
