import type { Digest } from '../../../domain/digest.ts'
import { isDigest } from '../../../domain/digest.ts'
import { isJsonObject, parseStrictJson } from '../../../domain/strict-json.ts'
import type { Stored } from '../../../ports/store/store.ts'
import type { Core } from '../../ledger/core.ts'
import { type SecretRow, secrets } from '../../ledger/tables.ts'

/** The row that stands in the target of a copy from its first batch to its last, and as long as it is kept open. */
export const halfCopiedName = 'half-copied'

/** What the row says. */
export interface CopyMark {
  readonly format: 1
  /** Which registry is copied: see `registryId`. No other one goes on here. */
  readonly registry: Digest
  /** Of the Lading that works on it. */
  readonly release: string
  /** ms since 1970 */
  readonly begunAt: number
  /** Passes over all records that have ended, of all runs. */
  readonly passes: number
  /** When the last of them began, ms since 1970: what was committed before is there. 0: none has ended. */
  readonly asOf: number
  /** ms since 1970: every file that a blob names which was written by then has been held against its digest. 0: none. */
  readonly verifiedAt: number
}

export interface FoundMark {
  readonly mark: CopyMark
  readonly row: Stored<SecretRow>
}

/** @throws Error where a release that this one does not know has written it */
export async function readCopyMark(store: Pick<Core['store'], 'get'>): Promise<FoundMark | undefined> {
  const row = await store.get(secrets, [halfCopiedName])
  if (row === undefined) return undefined
  const parsed = parseStrictJson(row.bytes, 4)
  if (parsed.ok && isMark(parsed.value)) return { mark: parsed.value, row }
  throw new Error(
    'a copy into this registry was interrupted, by a release of Lading that this one does not know: use that one',
  )
}

export function copyMarkRow(mark: CopyMark): SecretRow {
  return { name: halfCopiedName, bytes: Buffer.from(JSON.stringify(mark)) }
}

/**
 * Half of a registry serves nobody: what it lacks would be taken for deleted, and what is pushed to it would be lost with
 * the next run of the copy.
 * @throws Error with words for the operator
 */
export async function requireWholeCopy({
  store,
}: {
  readonly store: Pick<Core['store'], 'get'>
}): Promise<void> {
  const found = await readCopyMark(store)
  if (found === undefined) return
  const { begunAt, asOf } = found.mark
  const far = asOf === 0 ? 'whose first pass has not ended' : `which has all from before ${iso(asOf)}`
  throw new Error(
    `this is the target of a copy that was begun at ${iso(begunAt)} and has not ended, ${far}: run the same \`lading copy\` again, without --keep-open, until it ends with 0`,
  )
}

const iso = (ms: number): string => new Date(ms).toISOString()

function isMark(value: unknown): value is CopyMark {
  if (!isJsonObject(value)) return false
  const { format, registry, release, begunAt, passes, asOf, verifiedAt } = value
  return (
    format === 1 &&
    typeof registry === 'string' &&
    isDigest(registry) &&
    typeof release === 'string' &&
    [begunAt, passes, asOf, verifiedAt].every((each) => Number.isSafeInteger(each) && (each as number) >= 0)
  )
}
