import { formatTimestamp } from '../../domain/rfc3339.ts'
import type { FileName } from '../../ports/blobs/blobs.ts'
import { remove } from '../../ports/store/change.ts'
import { type FileRow, files, holds } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { carryOut, fileBytes, type GcItem, type Going } from './going.ts'

/**
 * The bytes of files that have been in the trash for their time, then their rows. Nothing else ever deletes bytes.
 * A file that cannot be removed keeps no other from going. Answers how many files went.
 * @throws the first error, when all others have had their turn
 */
export async function emptyTrash(core: Core, signal: AbortSignal): Promise<number> {
  let removed = 0
  await carryOut(goingTrash(core), signal, () => {
    removed++
  })
  return removed
}

/** What is due, longest first. Nothing while a backup holds it. */
export async function* goingTrash(core: Core): AsyncGenerator<Going> {
  for await (const row of eachRow(core.store, files, { index: 'due', eq: ['trash'] })) {
    if (row.until > core.clock.now()) return
    // After the row was read: who holds the trash since has seen the row, and knows that its file is not needed.
    if (await isHeld(core)) return
    const item: GcItem = {
      what: 'trash',
      file: row.file,
      bytes: await fileBytes(core, row.file),
      why: `its time in the trash ended ${formatTimestamp(row.until)}`,
    }
    yield { items: [item], carryOut: async () => ((await removeFile(core, row)) ? [item] : []) }
  }
}

async function removeFile(core: Core, { file }: FileRow): Promise<boolean> {
  if (!(await endDeadHolds(core))) return false
  await core.blobs.remove(file as FileName)
  // Another process may have been as quick: the row is gone then, and that is all that was wanted.
  return await core.ledger.keep(async () => {
    const row = await core.store.get(files, [file])
    return row === undefined
      ? { value: false, changes: [] }
      : { value: true, changes: [remove(files, [file], { rev: row.rev })] }
  })
}

async function isHeld(core: Core): Promise<boolean> {
  for await (const { until } of eachRow(core.store, holds)) if (until > core.clock.now()) return true
  return false
}

/**
 * A hold that was not renewed in time goes before any bytes do: its owner then learns that it was passed over. False where
 * there is a live one.
 */
async function endDeadHolds(core: Core): Promise<boolean> {
  for await (const { id } of eachRow(core.store, holds)) {
    const isDead = await core.ledger.keep(async () => {
      const row = await core.store.get(holds, [id])
      if (row === undefined) return { value: true, changes: [] }
      if (row.until > core.clock.now()) return { value: false, changes: [] }
      return { value: true, changes: [remove(holds, [id], { rev: row.rev })] }
    })
    if (!isDead) return false
  }
  return true
}
