import type { Row } from '../../session/row.ts'
import { Filled } from './filled.ts'
import { peersRow } from './peers-row.ts'
import { publishRow } from './publish-row.ts'
import { questionRows } from './question-rows.ts'
import { reindexRow } from './reindex-row.ts'
import type { Sizes } from './sizes.ts'

/** `cache`: where filled places are kept. */
export function searchRows(sizes: Sizes, cache: string): readonly Row[] {
  return [
    ...questionRows(new Filled(cache, sizes.artifacts), sizes),
    peersRow(new Filled(cache, sizes.peers), sizes),
    reindexRow(sizes),
    publishRow(sizes),
  ]
}
