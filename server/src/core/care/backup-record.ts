import { type Digest, isDigest } from '../../domain/digest.ts'
import { RegistryError } from '../../domain/error.ts'
import { isJsonObject, parseStrictJson } from '../../domain/strict-json.ts'
import type { DirectoryReader, DirectoryWriter } from '../../ports/directory/directory.ts'
import { readWhole } from './read-whole.ts'

/** What makes a folder a backup: written last, so that what it names is there. */
export interface BackupRecord {
  readonly format: 1
  /** Which registry it is of, and the only one that may take its place: see `registryId`. */
  readonly registry: Digest
  /** Of Lading. */
  readonly release: string
  /** ms since 1970: everything acknowledged before is in it. */
  readonly createdAt: number
  readonly schemaVersion: number
  readonly records: {
    /** Of the store's engine. */
    readonly format: string
    readonly file: string
    readonly size: number
    readonly digest: Digest
  }
  readonly files: {
    readonly count: number
    readonly bytes: number
    /** Of the list of them all, by which records and files are known to belong together: see `FileList`. */
    readonly list: Digest
    /** How many of them were damaged where they came from, and may be missing. */
    readonly damaged: number
  }
}

const recordFile = 'backup.json'
/** While a backup is written: by whom. See `FolderClaim`. */
export const claimFile = 'backup.claim'
/** Bytes of a record. */
const recordLimit = 65_536

/** undefined where there is none. @throws RegistryError `parameter-invalid` */
export async function readBackupRecord(
  from: DirectoryReader,
  signal: AbortSignal,
): Promise<BackupRecord | undefined> {
  const bytes = await readWhole(from, recordFile, recordLimit, signal)
  if (bytes === undefined) return undefined
  const parsed = parseStrictJson(bytes, 8)
  if (!parsed.ok) throw refusedBackup(`${recordFile} cannot be read: ${parsed.reason}`)
  const { value } = parsed
  if (isJsonObject(value) && typeof value['format'] === 'number' && value['format'] > 1) {
    throw refusedBackup('a newer release of Lading made it; use that one')
  }
  if (!isRecord(value)) throw refusedBackup(`${recordFile} is not what Lading writes`)
  return value
}

/** `allowed` is asked as late as can be, and throws where the record shall stay as it is. */
export async function writeBackupRecord(
  to: DirectoryWriter,
  record: BackupRecord,
  allowed: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const bytes = Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`)
  const once = async function* (): AsyncGenerator<Uint8Array> {
    await allowed()
    yield bytes
  }
  await to.write(recordFile, bytes.length, once(), signal)
}

export function refusedBackup(reason: string): RegistryError<'parameter-invalid'> {
  return new RegistryError('parameter-invalid', { parameter: 'backup', reason })
}

/** Where the bytes of a file stand in a backup. */
export function backupPathOf(file: string): string {
  return `${filesFolder}/${file.slice(0, 2)}/${file}`
}

export const filesFolder = 'files'

const recordsName = /^records-[0-9a-z-]+\.[0-9a-z-]+$/

export function recordsFileOf(createdAt: number, chance: string, format: string): string {
  return `records-${createdAt}-${chance}.${format}`
}

/** Whether an entry right in the folder is a backup's own, whole or not. */
export function isOfBackup(name: string): boolean {
  return [filesFolder, recordFile, claimFile].includes(name) || isLeftOver(name)
}

/** Whether an entry right in the folder is the records of a backup, or not whole: of no use where no record names it. */
export function isLeftOver(name: string): boolean {
  return (
    /^records-[0-9a-z-]+\.[0-9a-z.-]+$/.test(name) ||
    [recordFile, claimFile].some((file) => name.startsWith(`${file}.`))
  )
}

function isRecord(value: unknown): value is BackupRecord {
  if (!isJsonObject(value)) return false
  const { format, registry, release, createdAt, schemaVersion, records, files } = value
  return (
    format === 1 &&
    isDigestText(registry) &&
    typeof release === 'string' &&
    isCount(createdAt) &&
    isCount(schemaVersion) &&
    isJsonObject(records) &&
    typeof records['format'] === 'string' &&
    typeof records['file'] === 'string' &&
    recordsName.test(records['file']) &&
    isCount(records['size']) &&
    isDigestText(records['digest']) &&
    isJsonObject(files) &&
    isCount(files['count']) &&
    isCount(files['bytes']) &&
    isCount(files['damaged']) &&
    isDigestText(files['list'])
  )
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isDigestText = (value: unknown): boolean => typeof value === 'string' && isDigest(value)
