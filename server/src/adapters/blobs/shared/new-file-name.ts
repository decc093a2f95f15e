import type { FileName } from '../../../ports/blobs/blobs.ts'
import { BlobsError } from '../../../ports/blobs/errors.ts'

/** 2 hex digits of chance, by which names spread; 12 of the time in ms; 18 of chance. */
const pattern = /^[0-9a-f]{32}$/

/** Chance stands first: whoever keeps names in order has as much to do at each place of it. */
export function newFileName(nowMs: number, random: (bytes: number) => Uint8Array): FileName {
  const chance = Buffer.from(random(10)).toString('hex')
  const time = Math.floor(nowMs).toString(16).padStart(12, '0')
  return `${chance.slice(0, 2)}${time}${chance.slice(2)}` as FileName
}

export function isFileName(text: string): text is FileName {
  return pattern.test(text)
}

/** @throws BlobsError `name`: not one that engines give by `newFileName` */
export function assertFileName(file: FileName): void {
  if (isFileName(file)) return
  throw new BlobsError('name', `${JSON.stringify(String(file).slice(0, 80))} names no file of this store`)
}
