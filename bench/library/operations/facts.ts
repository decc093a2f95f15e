import { openedByHand } from '../layers/by-hand.ts'
import type { Facts, Task } from '../task.ts'

/** What is most frequent in a filled folder. */
export function factsOf({ folder }: Extract<Task, { do: 'facts' }>): Facts {
  using db = openedByHand(folder)
  const most = (column: string, from: string, where: string): string => {
    const sql = `SELECT ${column} AS "value" FROM ${from} WHERE ${where} GROUP BY ${column} ORDER BY count(*) DESC, ${column} LIMIT 1`
    return String(db.prepare(sql).get()?.['value'] ?? '')
  }
  const kind = most('kind', 'artifacts', 'live = 1')
  const ofKind = `live = 1 AND kind = '${kind}'`
  return {
    kind,
    organization: most('organization', 'artifacts', ofKind),
    author: most('author', 'artifacts', ofKind),
    topic: most('term', 'terms', `field = 'topic' AND live = 1`),
  }
}
