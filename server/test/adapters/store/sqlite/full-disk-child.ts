import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '../../../../src/adapters/store/sqlite/sqlite-store.ts'
import { newBatchId } from '../../../../src/ports/store/batch-id.ts'
import { insert, patch, put, remove } from '../../../../src/ports/store/change.ts'
import { StoreError } from '../../../../src/ports/store/errors.ts'
import type { Change } from '../../../../src/ports/store/store.ts'
import { chance } from '../../../../src/ports/store/suite/harness.ts'
import { counter, counters, item, items, sampleSchema } from '../../../../src/ports/store/suite/sample.ts'
import { until } from '../../../kit/until.ts'

/** Plays a full disk on a file system of few bytes, and prints what came of each step. */
const folder = String(process.argv[2])
const reserveBytes = 2 * 1024 * 1024
const store = await openSqliteStore({ folder, reserveBytes }, sampleSchema)
const filler = join(folder, 'of-another-program')
const reserve = (): number => statSync(join(folder, 'reserve'), { throwIfNoEntry: false })?.size ?? 0
const free = (): number => statfsSync(folder).bavail * statfsSync(folder).bsize
const say = (what: string, value: unknown): void => console.log(`${what}: ${value}`)

async function commit(...changes: Change[]): Promise<string> {
  try {
    const outcome = await store.commit(newBatchId(Date.now(), chance), changes)
    return outcome.ok ? 'ok' : outcome.why
  } catch (error) {
    if (error instanceof StoreError) return error.kind
    throw error
  }
}

const body = (): Uint8Array => chance(60_000)
say('before', await commit(insert(counters, counter('n'))))
await until(async () => reserve() === reserveBytes)

// Somebody reads an old state, so that the log cannot begin anew, and must grow.
const reader = new DatabaseSync(join(folder, 'lading.db'), { readOnly: true })
reader.exec('BEGIN')
reader.prepare('SELECT * FROM counters').all()
writeFileSync(filler, new Uint8Array(free()))
say('free', free())
const small = await commit(patch(counters, ['n'], { add: { n: 1 } }))
say('small', small)
let written = 0
let last = ''
while (last === '' || last === 'ok') {
  last = await commit(insert(items, item(++written, { body: body() })))
}
say('until', last)
say('reserve', reserve())
say('written some', written > 1)
say('reads', (await store.get(counters, ['n']))?.n)
say('free for others', await store.freeBytes?.())
reader.close()

// The log begins anew where it is, and the disk is as full as before.
say('after the reader', await commit(remove(counters, ['n'])))
rmSync(filler)
say('with room', await commit(insert(counters, counter('n', 7))))
await until(async () => reserve() === reserveBytes)
const row = await store.get(counters, ['n'])
say('put', row && (await commit(put(counters, counter('n', 8), row.rev))))
say('reads', (await store.get(counters, ['n']))?.n)
await store.close()
