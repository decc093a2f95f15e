import type { FileHandle } from 'node:fs/promises'
import { DirectoryError } from '../../../ports/directory/errors.ts'
import { segmentsOf } from '../shared/checked-path.ts'
import { onDisk } from '../shared/disk-faults.ts'
import { blockBytes, notTar, readHeader, readPaxRecords, sizeIn, type TarHeader } from './tar-header.ts'

/** Where the content of a file stands in the archive. */
export interface Place {
  readonly start: number
  readonly size: number
}

export const tarLimits: {
  /** Headers of one archive. */
  readonly entries: 2000000
  /** Bytes of what stands in front of a header to say more of it. */
  readonly extension: 65536
} = { entries: 2_000_000, extension: 65_536 }

/**
 * The files of an archive, found by their headers alone. Links, devices and sparse files have no place in what is read
 * here, and a name that comes twice could be either.
 * @throws DirectoryError `path`, `permanent`
 */
export async function scanTar(handle: FileHandle, signal: AbortSignal): Promise<ReadonlyMap<string, Place>> {
  const { size: end } = await onDisk('looking at the archive', () => handle.stat())
  const files = new Map<string, Place>()
  let more: Extension = {}
  let entries = 0
  for (let at = 0; at < end; ) {
    signal.throwIfAborted()
    if (++entries > tarLimits.entries) throw notTar(`it has more than ${tarLimits.entries} entries`)
    const header = readHeader(await block(handle, at))
    if (header === undefined) break
    const start = at + blockBytes
    const size = extensions.includes(header.type) ? header.size : (more.size ?? header.size)
    if (start + size > end) throw notTar(`it ends within ${JSON.stringify(header.name)}`)
    at = start + Math.ceil(size / blockBytes) * blockBytes
    const extension = await readExtension(handle, header, start)
    if (extension !== undefined) {
      more = { ...more, ...extension }
      continue
    }
    add(files, header.type, more.name ?? header.name, { start, size })
    more = {}
  }
  return files
}

/** Headers that stand in front of another one. */
const extensions = ['x', 'g', 'L', 'K']

interface Extension {
  readonly name?: string
  readonly size?: number
}

/** What a header says of the one behind it; undefined for one that speaks for itself. */
async function readExtension(
  handle: FileHandle,
  { type, size }: TarHeader,
  start: number,
): Promise<Extension | undefined> {
  // Global records tell of comments and times, which nobody here asks for; a long link is of a link, which is refused.
  if (type === 'g' || type === 'K') return {}
  if (!extensions.includes(type)) return undefined
  if (size > tarLimits.extension) throw notTar(`a header has more than ${tarLimits.extension} bytes`)
  const content = await read(handle, start, size)
  if (type === 'L') {
    const zero = content.indexOf(0)
    return { name: content.toString('utf8', 0, zero === -1 ? size : zero) }
  }
  const records = readPaxRecords(content)
  const [path, length] = [records.get('path'), records.get('size')]
  return {
    ...(path !== undefined && { name: path }),
    ...(length !== undefined && { size: sizeIn(length) }),
  }
}

const fileTypes = ['0', '7']

function add(files: Map<string, Place>, type: string, name: string, place: Place): void {
  const path = name.replace(/^(?:\.\/)+/, '').replace(/\/$/, '')
  if (type === '5') {
    if (path !== '' && path !== '.') segmentsOf(path)
    return
  }
  const shown = JSON.stringify(name.slice(0, 200))
  if (!fileTypes.includes(type) || name.endsWith('/')) {
    throw new DirectoryError('path', `${shown} in the archive is neither a plain file nor a folder`)
  }
  segmentsOf(path)
  if (files.has(path)) throw new DirectoryError('path', `the archive has ${shown} twice`)
  files.set(path, place)
}

async function block(handle: FileHandle, at: number): Promise<Buffer> {
  return await read(handle, at, blockBytes)
}

async function read(handle: FileHandle, at: number, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size)
  const { bytesRead } = await onDisk('reading the archive', () => handle.read(buffer, 0, size, at))
  if (at === 0 && buffer[0] === 0x1f && buffer[1] === 0x8b)
    throw notTar('it is compressed; decompress it first')
  if (bytesRead < size) throw notTar('it is cut short')
  return buffer
}
