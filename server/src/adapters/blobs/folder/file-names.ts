import { join } from 'node:path'
import type { FileName } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'

/** 2 hex digits of chance, which name the shard folder; 12 of the time in ms; 18 of chance. */
const pattern = /^[0-9a-f]{32}$/

/** Every shard folder, in the order of the names they hold. */
export const shards: readonly string[] = Array.from({ length: 256 }, (_, n) =>
  n.toString(16).padStart(2, '0'),
)

/** The shard stands first, so that files can be listed in the order of their names one folder at a time. */
export function newFileName(nowMs: number, random: (bytes: number) => Uint8Array): FileName {
  const chance = Buffer.from(random(10)).toString('hex')
  const time = Math.floor(nowMs).toString(16).padStart(12, '0')
  return `${chance.slice(0, 2)}${time}${chance.slice(2)}` as FileName
}

export function isFileName(text: string): text is FileName {
  return pattern.test(text)
}

export function shardOf(file: FileName): string {
  return file.slice(0, 2)
}

/**
 * Where a file stands. A path is made of checked names alone, whoever brought them.
 * @throws BlobsError `name`: not one that this engine gives
 */
export function pathOf(folder: string, file: FileName): string {
  if (!isFileName(file)) {
    throw new BlobsError('name', `${JSON.stringify(String(file).slice(0, 80))} names no file of this store`)
  }
  return join(folder, shardOf(file), file)
}
