import { openSqliteBulkLoad } from '../../src/adapters/store/sqlite/bulk-load.ts'
import { newBatchId } from '../../src/ports/store/batch-id.ts'
import { append, insert } from '../../src/ports/store/change.ts'
import { chance } from '../../src/ports/store/suite/harness.ts'
import { happening, happenings, item, items, sampleSchema } from '../../src/ports/store/suite/sample.ts'
import { sayAtOnce } from '../kit/say-at-once.ts'

/** Loads many rows into the folder it is given, through a cache that is too small for them, and says how far it is. */
const [, , folder = ''] = process.argv
const rows = 20_000
const perBatch = 100
await using load = await openSqliteBulkLoad({ folder, cacheBytes: 65_536 }, sampleSchema)
for (let from = 0; from < rows; from += perBatch) {
  const changes = Array.from({ length: perBatch }, (_, at) => {
    const serial = 1_000_000 + (((from + at) * 7919) % rows)
    return [insert(items, item(serial, { body: chance(200) })), append(happenings, happening('load', serial))]
  })
  const id = newBatchId(Date.now(), chance)
  const outcome = await load.store.commit(id, changes.flat())
  if (!outcome.ok) throw new Error(outcome.why)
  sayAtOnce(`${from + perBatch}`)
}
sayAtOnce('finishing')
await load.finish()
sayAtOnce('finished')
// Whoever started it decides when it ends.
setInterval(() => undefined, 60_000)
