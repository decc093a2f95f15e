import type { Row, Table } from '../../../ports/store/table.ts'
import { artifacts, terms } from '../../artifacts/tables.ts'
import { pulls } from '../../catalog/tables.ts'
import { contentPlaceName } from '../../content/require-own-content.ts'
import { blobs, files, holds, uploads } from '../../content/tables.ts'
import { emptyTrashJob } from '../../content/write-upload.ts'
import { secrets, triedSecret } from '../../ledger/tables.ts'
import { indexEraName } from '../../search/index-era.ts'
import { halfCopiedName } from './half-copied.ts'

/** What belongs to one process, one place, or the moment: the target has its own. */
const ownTables: readonly string[] = [uploads, files, holds].map(({ name }) => name)

const ownSecrets: readonly string[] = [triedSecret, halfCopiedName, contentPlaceName, indexEraName]

/**
 * Columns that change while nobody changes anything: numbers of uses, which a registry gathers, and how far a job is. They
 * are copied, and a source in which only they change is as good as quiet. `whole`: rows come with the numbers.
 */
const passing: Readonly<Record<string, readonly string[] | 'whole'>> = {
  [pulls.name]: 'whole',
  [artifacts.name]: ['downloads', 'views', 'trend', 'lastAccessedAt'],
  [terms.name]: ['downloads', 'views'],
  jobs: ['state', 'due', 'attempts', 'holder', 'lastError'],
  // What is found to be damaged here need not be there.
  [blobs.name]: ['file', 'damagedAt'],
}

export function isCopied({ name }: Table): boolean {
  return !ownTables.includes(name)
}

/** Columns that have to be equal for source and target to hold the same. undefined: of this table, none. */
export function lastingColumns({ name, columns }: Table): readonly string[] | undefined {
  const left = passing[name] ?? []
  return left === 'whole'
    ? undefined
    : Object.keys(columns)
        .filter((column) => !left.includes(column))
        .sort()
}

/** The row as it stands in the target; undefined where it is none of its. Of a blob, `file` is the source's still. */
export function asCopied({ name }: Table, { rev: _, ...row }: Row): Row | undefined {
  if (name === secrets.name && ownSecrets.includes(row['name'])) return undefined
  return name === 'jobs' ? jobAsCopied(row) : row
}

/** Schedules are made by every server for itself. Work that somebody's change has asked for is still to be done. */
function jobAsCopied(row: Row): Row | undefined {
  if (String(row['once']).startsWith('schedule ') || row['kind'] === emptyTrashJob) return undefined
  return row['state'] === 'running' ? { ...row, state: 'ready', holder: '', due: 0 } : row
}
