import { formatTimestamp } from '../../domain/rfc3339.ts'
import { remove } from '../../ports/store/change.ts'
import { trashFile } from '../content/blob-rows.ts'
import { type UploadRow, uploads } from '../content/tables.ts'
import type { Core } from '../ledger/core.ts'
import { eachRow } from '../ledger/each-row.ts'
import { carryOut, fileBytes, type GcItem, type Going } from './going.ts'

/**
 * Uploads whose time ran out go, claimed or not; their files go to the trash. A writer that still holds one finds its
 * row gone, and its late bytes land in a file that nothing will ever name. Answers how many went.
 */
export async function expireUploads(core: Core, signal: AbortSignal): Promise<number> {
  let expired = 0
  await carryOut(goingUploads(core), signal, () => {
    expired++
  })
  return expired
}

export async function* goingUploads(core: Core): AsyncGenerator<Going> {
  for await (const row of eachRow(core.store, uploads, { index: 'due' })) {
    if (!isDue(core, row)) return
    const { id } = row
    const item = await describe(core, row)
    yield {
      items: [item],
      carryOut: async () =>
        await core.ledger.keep(async () => {
          const now = await core.store.get(uploads, [id])
          if (now === undefined || !isDue(core, now)) return { value: [], changes: [] }
          return {
            value: [item],
            changes: [
              remove(uploads, [id], { rev: now.rev }),
              ...(now.file === '' ? [] : [trashFile(core, now.file, 'upload')]),
            ],
          }
        }),
    }
  }
}

function isDue(core: Core, { until }: UploadRow): boolean {
  return until <= core.clock.now()
}

async function describe(core: Core, row: UploadRow): Promise<GcItem> {
  return {
    what: 'upload',
    repository: row.repository,
    ...(row.file !== '' && { file: row.file }),
    bytes: row.file === '' ? row.bytes.length : await fileBytes(core, row.file),
    why: `its time ended ${formatTimestamp(row.until)}: nothing was added for limits.uploadLifetime, or it was cancelled`,
  }
}
