import type { Dependency } from '../../kinds/kind.ts'
import { insert, put, remove } from '../../ports/store/change.ts'
import type { Change } from '../../ports/store/store.ts'
import type { Core } from '../ledger/core.ts'
import { edges } from './tables.ts'

/** The changes after which the edges of a version are those of its document. `hadSome`: there may be others now. */
export async function keepEdges(
  core: Core,
  { artifact, version }: { readonly artifact: string; readonly version: string },
  hadSome: boolean,
  dependencies: readonly Dependency[],
): Promise<Change[]> {
  const query = { index: 'key', eq: [artifact, version], limit: core.limits.pageSize }
  const old = hadSome ? (await core.store.find(edges, query)).rows : []
  const nameOf = ({ relation, target }: Pick<Dependency, 'relation' | 'target'>): string =>
    `${relation} ${target}`
  const wanted = new Map(dependencies.slice(0, core.limits.dependencies).map((one) => [nameOf(one), one]))
  const kept = new Map(old.map((row) => [nameOf(row), row]))
  return [
    ...old
      .filter((row) => !wanted.has(nameOf(row)))
      .map(({ relation, target }) => remove(edges, [artifact, version, relation, target])),
    ...[...wanted].flatMap(([name, { relation, target, range }]) => {
      const row = kept.get(name)
      const edge = { artifact, version, relation, target, range }
      if (row === undefined) return [insert(edges, edge)]
      return row.range === range ? [] : [put(edges, edge, row.rev)]
    }),
  ]
}
