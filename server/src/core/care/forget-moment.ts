import { remove } from '../../ports/store/change.ts'
import type { Change, Store } from '../../ports/store/store.ts'
import { contentPlaceName } from '../content/require-own-content.ts'
import { type FileRow, files, holds, uploads } from '../content/tables.ts'
import { eachRow } from '../ledger/each-row.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { secrets } from '../ledger/tables.ts'
import { indexEraName } from '../search/index-era.ts'

const changesAtOnce = 500

/**
 * What a state of the records holds of the moment it was taken in, and of files that no backup has: uploads, trash, the
 * backup's own hold; and at which place its content was, and what indexes know its log by. Answers how many uploads ended by it.
 */
export async function forgetMoment(store: Pick<Store, 'get' | 'find'>, ledger: Ledger): Promise<number> {
  let ended = 0
  const removals = async function* (): AsyncGenerator<Change> {
    for await (const { id } of eachRow(store, uploads)) {
      ended++
      yield remove(uploads, [id])
    }
    for await (const { file } of filesInPassing(store)) yield remove(files, [file])
    for await (const { id } of eachRow(store, holds)) yield remove(holds, [id])
    for (const name of [contentPlaceName, indexEraName])
      if ((await store.get(secrets, [name])) !== undefined) yield remove(secrets, [name])
  }
  let batch: Change[] = []
  const commit = async (): Promise<void> => {
    const changes = batch
    batch = []
    await ledger.keep(async () => ({ value: undefined, changes }))
  }
  for await (const change of removals()) if (batch.push(change) === changesAtOnce) await commit()
  await commit()
  return ended
}

async function* filesInPassing(store: Pick<Store, 'find'>): AsyncGenerator<FileRow> {
  for (const state of ['upload', 'trash']) yield* eachRow(store, files, { index: 'due', eq: [state] })
}
