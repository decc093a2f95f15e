import { openPostgresqlStore } from '../../../src/adapters/store/postgresql/postgresql-store.ts'
import { newBatchId } from '../../../src/ports/store/batch-id.ts'
import { append, insert, patch, put } from '../../../src/ports/store/change.ts'
import type { Change, Outcome } from '../../../src/ports/store/store.ts'
import { atOnce, chance } from '../../../src/ports/store/suite/harness.ts'
import {
  counter,
  counters,
  happening,
  happenings,
  item,
  items,
  sampleSchema,
} from '../../../src/ports/store/suite/sample.ts'

// One of several processes that change the same rows: as many times as it is told, many at once. Prints what it was answered.
const [url = '', schema = '', name = '', times = ''] = process.argv.slice(2)
const store = await openPostgresqlStore({ url, schema, max: 6 }, sampleSchema)
const tried = (...changes: Change[]): Promise<Outcome> =>
  store.commit(newBatchId(Date.now(), chance), changes)
const won = { added: 0, taken: 0, put: 0, unique: 0 }

await atOnce(Number(times), async (n) => {
  const both = n % 2 === 0 ? ['a', 'b'] : ['b', 'a']
  const added = await tried(...both.map((id) => patch(counters, [id], { add: { n: 1 } })))
  if (added.ok) won.added++
  const taken = await tried(patch(counters, ['bound'], { add: { n: -1 }, when: { n: { gte: 1 } } }))
  if (taken.ok) won.taken++
  const unique = await tried(insert(items, item(n, { name: `${name}-${n}`, label: `${name}-${n}` })))
  if (unique.ok) won.unique++
  const row = await store.get(counters, ['chain'])
  if (row === undefined) throw new Error('the row is gone')
  const next = await tried(
    put(counters, counter('chain', row.n + 1), row.rev),
    append(happenings, happening(name, row.n + 1)),
  )
  if (next.ok) won.put++
})
await store.close()
process.stdout.write(JSON.stringify(won))
