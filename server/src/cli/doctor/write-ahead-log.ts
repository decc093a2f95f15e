import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { mebibytes } from '../shown-size.ts'
import { type Check, ok, warning } from './check.ts'

/** The writer brings it in at a quarter of this, and sooner when it is idle. */
const large = 256 * 1024 * 1024

export const writeAheadLogCheck: Check = {
  name: 'write-ahead log',
  async run({ config: { data }, hasRecords }) {
    if (!hasRecords) return []
    const size = (await stat(join(data, 'lading.db-wal')).catch(() => undefined))?.size ?? 0
    if (size < large) return [ok(mebibytes(size))]
    return [
      warning(
        `lading.db-wal has ${mebibytes(size)}: something keeps the database from bringing it in`,
        'stop other programs that read lading.db, then start Lading anew',
      ),
    ]
  },
}
