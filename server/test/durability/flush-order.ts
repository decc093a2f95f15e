import { createHash } from 'node:crypto'
import type { DiskEvent } from './disk-events.ts'

type Write = Extract<DiskEvent, { do: 'write' }>

/** Of SQLite's write-ahead log: what stands before each page. */
const frameHeaderBytes = 24

/**
 * What is wrong with the order in which content of that digest came to the disk and was acknowledged; empty where all
 * is well. `inFile`: it is too large for the database. Keyed on paths and on what was written, since threads change.
 *
 * 1. The content's file is flushed after its last byte, and the file's folder after the file came to be.
 * 2. The transaction that names the digest is written to the log only then, and the log is flushed after its last frame.
 * 3. Only then does the first byte of the 201 leave.
 */
export function wrongOrder(events: readonly DiskEvent[], digest: string, inFile: boolean): string[] {
  const answered = events.find((event) => event.do === 'answer' && isAnswerFor(event.bytes, digest))
  if (answered === undefined) return ['no 201 names the digest']
  const wrong: string[] = []
  const log = events.filter((event): event is Write => event.do === 'write' && event.path.endsWith('.db-wal'))
  const named = log.findIndex((event) => event.bytes.includes(digest))
  const first = log[named]
  if (first === undefined) return ['the log never names the digest']
  if (inFile) wrong.push(...wrongFile(events, digest, first.begun))
  const last = log.slice(named).find((event, at) => endsTransaction(log[named + at - 1], event))
  if (last === undefined) return [...wrong, 'the transaction has no end']
  if (!isSynced(events, last.path, last.ended, answered.begun)) {
    wrong.push('the 201 leaves before the log is flushed')
  }
  return wrong
}

function wrongFile(events: readonly DiskEvent[], digest: string, committing: number): string[] {
  const found = fileOf(events, digest)
  if (found === undefined) return ['no file has the content']
  const wrong: string[] = []
  const writes = events.filter((event) => event.do === 'write' && event.path === found)
  const written = Math.max(...writes.map(({ ended }) => ended))
  if (!isSynced(events, found, written, committing)) wrong.push('the file is not flushed before the commit')
  const made = events.find((event) => event.do === 'open' && event.creates && event.path === found)
  const folder = found.slice(0, found.lastIndexOf('/'))
  if (made === undefined) wrong.push('the file was never made')
  else if (!isSynced(events, folder, made.ended, committing)) {
    wrong.push('the folder is not flushed before the commit')
  }
  return wrong
}

/** A flush that began after the one and was over before the other. */
function isSynced(events: readonly DiskEvent[], path: string, after: number, before: number): boolean {
  return events.some(
    (event) => event.do === 'sync' && event.path === path && event.begun > after && event.ended < before,
  )
}

/** The page behind a frame header whose third and fourth half-word, the database's size, is not 0. */
function endsTransaction(header: Write | undefined, page: Write): boolean {
  if (header?.bytes.length !== frameHeaderBytes || page.bytes.length <= frameHeaderBytes) return false
  return header.bytes.readUInt32BE(4) !== 0
}

function isAnswerFor(bytes: Buffer, digest: string): boolean {
  const text = bytes.toString('latin1')
  return text.startsWith('HTTP/1.1 201') && text.includes(digest)
}

/** The file below `blobs` whose bytes, in their places, have the digest. */
function fileOf(events: readonly DiskEvent[], digest: string): string | undefined {
  const [algorithm = ''] = digest.split(':')
  const writes = events.filter(
    (event): event is Write => event.do === 'write' && event.path.includes('/blobs/'),
  )
  for (const [path, parts] of Map.groupBy(writes, (event) => event.path)) {
    const size = Math.max(...parts.map(({ at, bytes }) => at + bytes.length))
    const content = Buffer.alloc(size)
    for (const { at, bytes } of parts) bytes.copy(content, at)
    if (`${algorithm}:${createHash(algorithm).update(content).digest('hex')}` === digest) return path
  }
  return undefined
}
