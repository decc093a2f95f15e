import type { Row } from '../../session/row.ts'
import { filledDatabase } from '../filling/filled-database.ts'
import { hostServers } from '../servers/hosted.ts'
import { measuredSettings } from '../servers/settings.ts'
import { Shared } from '../servers/shared.ts'
import { blobRows } from './blob-rows.ts'
import { cacheRows } from './cache-rows.ts'
import { processesRow } from './processes-row.ts'
import type { Sizes } from './sizes.ts'
import { storeRows } from './store-rows.ts'

/** `cache`: where the filled database is kept. */
export function enginesRows(sizes: Sizes, cache: string): readonly Row[] {
  const postgresql = { settings: measuredSettings }
  const filled = new Shared(() => filledDatabase(cache, sizes.artifacts))
  const empty = new Shared(() => hostServers({ postgresql }))
  const redis = new Shared(() => hostServers({ redis: true }))
  const both = new Shared(() => hostServers({ postgresql, s3: true }))
  return [
    ...storeRows(sizes, { filled, empty }),
    ...cacheRows(sizes, { empty, redis }),
    ...blobRows(sizes),
    processesRow(sizes, both),
  ]
}
