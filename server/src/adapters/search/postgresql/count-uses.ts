import { searchNumbers } from '../../../domain/search.ts'
import type { CountChange } from '../../../ports/search/search.ts'
import type { IndexTables } from './index-tables.ts'
import type { Ask } from './search-pool.ts'

/** Numbers alone, of documents that have the very version: their indexes hear of it only where the weight is another one. */
export async function countUses(
  ask: Ask,
  { docs, begins }: IndexTables,
  changes: readonly CountChange[],
): Promise<void> {
  if (changes.length === 0) return
  const last = [...new Map(changes.map((change) => [change.id, change])).values()]
  const names = ['weight', ...searchNumbers].map((name) => `"${name}"`)
  const given = ['text', 'float8', ...names.map(() => 'float8')].map((type, at) => `$${at + 1}::${type}[]`)
  await ask(
    `WITH r AS MATERIALIZED (SELECT * FROM unnest(${given.join(', ')}) AS r(id, version, ${names.join(', ')})), changed AS (
        UPDATE ${docs} d SET ${names.map((name) => `${name} = r.${name}`).join(', ')} FROM r
        WHERE d.id = r.id AND d.version = r.version RETURNING d.n, d.weight)
      UPDATE ${begins} b SET weight = changed.weight FROM changed WHERE b.n = changed.n AND b.weight <> changed.weight`,
    [
      last.map(({ id }) => id),
      last.map(({ version }) => version),
      last.map(({ weight }) => weight),
      ...searchNumbers.map((name) => last.map(({ numbers }) => numbers[name])),
    ],
  )
}
