import { openSqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { append, insert, patch } from '../../../../src/ports/store/change.ts'
import { chance } from '../../../../src/ports/store/suite/harness.ts'
import {
  counter,
  counters,
  happening,
  happenings,
  sampleSchema,
} from '../../../../src/ports/store/suite/sample.ts'
import { sayAtOnce } from '../../../kit/say-at-once.ts'

/** Commits without end into the folder it is given, and says each name once its commit was answered. */
const [, , folder = ''] = process.argv
const store = await openSqliteStore({ folder }, sampleSchema)
const id = (): ReturnType<typeof newBatchId> => newBatchId(Date.now(), chance)
await store.commit(id(), [insert(counters, counter('total'))])

async function commitForEver(lane: number): Promise<never> {
  for (let n = 0; ; n++) {
    const name = `${lane}-${n}`
    const outcome = await store.commit(id(), [
      insert(counters, counter(name, n)),
      append(happenings, happening(name, n)),
      patch(counters, ['total'], { add: { n: 1 } }),
    ])
    if (!outcome.ok) throw new Error(`${name}: ${outcome.why}`)
    sayAtOnce(name)
  }
}

await Promise.all(Array.from({ length: 16 }, (_, lane) => commitForEver(lane)))
