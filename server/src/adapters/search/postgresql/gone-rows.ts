import type { IndexTables } from './index-tables.ts'
import type { Ask } from './search-pool.ts'

/** In which version each of these was removed, of those that it is remembered of. */
export async function goneVersions(
  ask: Ask,
  { gone }: IndexTables,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await ask(`SELECT id, version FROM ${gone} WHERE id = ANY($1::text[])`, [ids])
  return new Map(rows.map(([id, version]) => [String(id), Number(version)]))
}

interface Going {
  readonly removed: readonly { readonly id: string; readonly version: number }[]
  /** Ids of those that are there again. */
  readonly back: readonly string[]
  /** For so long it is remembered. */
  readonly seconds: number
}

/** Remembers what was removed, and forgets what was removed long ago. */
export async function rememberGone(
  ask: Ask,
  { gone }: IndexTables,
  { removed, back, seconds }: Going,
): Promise<void> {
  if (back.length > 0) await ask(`DELETE FROM ${gone} WHERE id = ANY($1::text[])`, [back])
  if (removed.length === 0) return
  await ask(`DELETE FROM ${gone} WHERE since < clock_timestamp() - make_interval(secs => $1)`, [seconds])
  await ask(
    `INSERT INTO ${gone} (id, version, since) SELECT id, version, clock_timestamp()
      FROM unnest($1::text[], $2::float8[]) AS r(id, version)
      ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, since = EXCLUDED.since`,
    [removed.map(({ id }) => id), removed.map(({ version }) => version)],
  )
}
