import type { CompletionQuery } from '../../../ports/search/search.ts'
import { Bindings } from './bindings.ts'
import { afterAll } from './frequencies.ts'
import { indexedLetters, orderedLetters, tablesOf } from './index-tables.ts'
import { labelsOf, sightSql } from './narrow-sql.ts'
import type { Pointer } from './pointer.ts'
import type { Ask } from './search-pool.ts'

/** More beginnings than these are not put in order: they are looked at in the order that an index has. */
const mostSorted = 2_000

export async function completeNames(
  ask: Ask,
  { generation }: Pointer,
  { text, sight, limit }: CompletionQuery,
): Promise<readonly string[]> {
  const tables = tablesOf(generation)
  const known = await labelsOf(ask, tables, { sight })
  const letters = [...text]
  const ids = async (write: (bindings: Bindings, inSight: string) => string): Promise<readonly string[]> => {
    const bindings = new Bindings()
    const rows = await ask(write(bindings, sightSql(sight, known, bindings) ?? 'true'), bindings.values)
    return rows.map(([id]) => String(id))
  }
  const ordered = async (): Promise<readonly string[]> =>
    await ids((bindings, inSight) => {
      const head = letters.slice(0, orderedLetters)
      const found = `SELECT DISTINCT weight, id FROM ${tables.begins}
        WHERE left(text, ${head.length}) = ${bindings.add(head.join(''))}::text
        AND starts_with(text, ${bindings.add(text)}::text) AND ${inSight}`
      return `SELECT id FROM (${found} ORDER BY weight DESC, id LIMIT ${bindings.add(limit)}::integer) found`
    })
  if (letters.length <= orderedLetters) return await ordered()
  const few = await ids((bindings, inSight) => {
    const first = letters.slice(0, indexedLetters).join('')
    const begun = `SELECT * FROM ${tables.begins} WHERE left(text, ${indexedLetters}) >= ${bindings.add(first)}::text
      AND left(text, ${indexedLetters}) <= ${bindings.add(first + afterAll.repeat(indexedLetters))}::text
      AND starts_with(text, ${bindings.add(text)}::text) LIMIT ${mostSorted + 1}`
    const found = `SELECT DISTINCT weight, id FROM begun WHERE ${inSight}`
    return `WITH begun AS MATERIALIZED (${begun}) SELECT id FROM (${found} ORDER BY weight DESC, id LIMIT ${bindings.add(limit)}::integer) found
      WHERE (SELECT count(*) FROM begun) <= ${mostSorted} UNION ALL SELECT '' WHERE (SELECT count(*) FROM begun) > ${mostSorted}`
  })
  return few[0] === '' ? await ordered() : few
}
