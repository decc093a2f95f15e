import type { Directory, DirectoryEntry } from '../../ports/directory/directory.ts'
import type { Snapshot } from '../../ports/store/store.ts'
import { files } from '../content/tables.ts'
import type { Progress } from '../ledger/progress.ts'
import { type BackupRecord, backupPathOf, filesFolder, isLeftOver } from './backup-record.ts'
import type { FolderClaim } from './folder-claim.ts'

export interface TidyRequest {
  readonly snapshot: Snapshot
  readonly to: Directory
  readonly record: BackupRecord
  readonly claim: FolderClaim
}

/**
 * Removes what only earlier backups named, and what interrupted ones have left. Answers how many files of content went.
 * What was listed before somebody else claimed the folder is none of theirs; after that nothing is removed any more.
 */
export async function tidyBackup(
  { snapshot, to, record, claim }: TidyRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0
  let seen = 0
  for (const shard of await to.list(filesFolder)) {
    if (shard.kind !== 'folder') continue
    const path = `${filesFolder}/${shard.name}`
    const names = (await to.list(path)).filter(isFile).map(({ name }) => name)
    const without = await unnamed(snapshot, names, path)
    if (without.length > 0 && !(await claim.stands(signal))) return removed
    for (const name of without) {
      signal.throwIfAborted()
      await to.remove(`${path}/${name}`)
      removed++
    }
    seen += names.length
    progress({ phase: 'tidying up', done: seen, unit: 'files' })
  }
  const left = (await to.list('')).filter(({ name }) => name !== record.records.file && isLeftOver(name))
  if (left.length > 0 && (await claim.stands(signal))) for (const { name } of left) await to.remove(name)
  return removed
}

const isFile = ({ kind }: DirectoryEntry): boolean => kind === 'file'

const keysAtOnce = 1000

/** Names in a shard that no blob of the snapshot has. */
async function unnamed(
  snapshot: Snapshot,
  names: readonly string[],
  folder: string,
): Promise<readonly string[]> {
  const without: string[] = []
  for (let at = 0; at < names.length; at += keysAtOnce) {
    const some = names.slice(at, at + keysAtOnce)
    const rows = await snapshot.reads.getMany(
      files,
      some.map((name) => [name]),
    )
    without.push(
      ...some.filter((name, n) => rows[n]?.state !== 'blob' || backupPathOf(name) !== `${folder}/${name}`),
    )
  }
  return without
}
