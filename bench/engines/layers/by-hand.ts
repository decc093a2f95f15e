import { Pool, type QueryConfig, types } from 'pg'
import { tell } from '../../library/layers/by-hand.ts'
import type { Layer, Narrowed } from '../../library/layers/layer.ts'
import { creationOf } from './insert-by-hand.ts'

/** As many as Lading has where nothing else is said. */
const connections = 20
/** Of bigint: the driver would answer text. */
const bigint = 20

type FoundRow = Parameters<typeof tell>[0]

/**
 * PostgreSQL as somebody would use it who writes the statements themselves, and knows that the driver prepares those that
 * have a name, and sends those together that need not wait for each other.
 */
export function byHandOn(url: string): Layer {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    pipeline: true,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === bigint ? Number : types.getTypeParser(oid, format as 'text'),
    },
  } as never)
  pool.on('error', () => {})
  return {
    read: async (id) => {
      const { rows } = await pool.query<NonNullable<FoundRow>>({ name: 'read', text: readSql, values: [id] })
      return tell(rows[0])
    },
    list: async ({ by, sort, after, limit }) => {
      const { where, values } = narrowed(by)
      const place = after === undefined ? [] : (after as (string | number)[])
      const given = [...values, ...place]
      const beyond =
        after === undefined
          ? ''
          : ` AND (a."${sort}", a."id") > ($${values.length + 1}, $${values.length + 2})`
      const text = `${wholeArtifact} WHERE ${where}${beyond} ORDER BY a."${sort}", a."id" LIMIT $${given.length + 1}`
      const name = ['list', sort, after === undefined ? 'first' : 'later', ...Object.keys(by)].join(' ')
      const { rows } = await pool.query<NonNullable<FoundRow>>({ name, text, values: [...given, limit + 1] })
      const items = rows.slice(0, limit)
      const last = items.at(-1)
      const next = rows.length > limit && last !== undefined ? [last[sort], last.id] : undefined
      return { items: items.map(tell), next }
    },
    create: async ({ rows }) => {
      const client = await pool.connect()
      try {
        const sent = [{ text: 'BEGIN' }, ...creationOf(rows), { text: 'COMMIT' }]
        await Promise.all(sent.map((query) => client.query(query as QueryConfig)))
      } finally {
        client.release()
      }
      return undefined
    },
    [Symbol.asyncDispose]: () => pool.end(),
  }
}

const wholeArtifact = `SELECT a.*, b."bytes" AS "sourceBytes" FROM "artifacts" a
  LEFT JOIN "blobs" b ON b."digest" = a."source"`
const readSql = `${wholeArtifact} WHERE a."id" = $1 AND a."live"`

function narrowed(by: Narrowed): { readonly where: string; readonly values: readonly string[] } {
  if ('topic' in by) throw new Error('lists by topic are not written by hand here')
  const { kind } = by
  if ('organization' in by)
    return {
      where: 'a."live" = true AND a."kind" = $1 AND a."organization" = $2',
      values: [kind, by.organization],
    }
  if ('author' in by)
    return { where: 'a."live" = true AND a."kind" = $1 AND a."author" = $2', values: [kind, by.author] }
  return { where: 'a."live" = true AND a."published" = true AND a."kind" = $1', values: [kind] }
}
