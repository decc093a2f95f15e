import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { counted, mebibytes } from '../shown-size.ts'
import { type Check, quoted, warning } from './check.ts'

const copy = /^lading-before-(version|down-from-version)-\d+\.db(\.partial)?$/

/** What upgrades have left for the way back, and what ways back have left. */
export const oldCopiesCheck: Check = {
  name: 'old copies',
  async run({ config: { data }, hasRecords }) {
    if (!hasRecords) return []
    const names = (await readdir(data)).filter((name) => copy.test(name)).sort()
    if (names.length === 0) return []
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(data, name))).size))
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    return [
      warning(
        `${counted(names.length, 'copy', 'copies')} of the database from before a migration ${names.length === 1 ? 'takes' : 'take'} ${mebibytes(bytes)}`,
        `once this release is to stay: rm ${names.map((name) => quoted(join(data, name))).join(' ')}`,
      ),
    ]
  },
}
