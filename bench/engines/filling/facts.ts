import type { ClientBase } from 'pg'
import type { Facts } from '../../library/task.ts'

/** What is most frequent in a filled database. */
export async function factsOf(client: ClientBase): Promise<Facts> {
  const most = async (column: string, from: string, where: string): Promise<string> => {
    const sql = `SELECT ${column} AS value FROM ${from} WHERE ${where} GROUP BY ${column} ORDER BY count(*) DESC, ${column} LIMIT 1`
    const { rows } = await client.query<{ readonly value: string }>(sql)
    return rows[0]?.value ?? ''
  }
  const kind = await most('"kind"', '"artifacts"', '"live"')
  const ofKind = `"live" AND "kind" = '${kind}'`
  return {
    kind,
    organization: await most('"organization"', '"artifacts"', ofKind),
    author: await most('"author"', '"artifacts"', ofKind),
    topic: await most('"term"', '"terms"', `"field" = 'topic' AND "live"`),
  }
}
