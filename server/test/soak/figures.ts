import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ask } from '../kit/http-client.ts'

/** How a server stands at a moment. */
export interface Figures {
  /** Since the load began. */
  readonly seconds: number
  readonly residentBytes: number
  readonly heapBytes: number
  /** Open ones; undefined where the system does not tell. */
  readonly descriptors: number | undefined
  readonly dataBytes: number
  readonly walBytes: number
  readonly deadJobs: number
  /** Answered until then. */
  readonly requests: number
}

export interface Watched {
  readonly pid: number
  readonly url: string
  readonly data: string
}

export async function takeFigures(
  { pid, url, data }: Watched,
  at: Pick<Figures, 'seconds' | 'requests'>,
): Promise<Figures> {
  // Before the connection that asks for the rest.
  const descriptors = await countDescriptors(pid)
  const [sizes, told] = await Promise.all([sizesBelow(data), ask(url, { path: '/metrics' })])
  if (told.status !== 200) throw new Error(`/metrics answered ${told.status}`)
  const metrics = told.text()
  return {
    ...at,
    residentBytes: (await residentBytes(pid)) ?? sumOf(metrics, /^process_resident_memory_bytes (\S+)$/gm),
    heapBytes: sumOf(metrics, /^lading_heap_used_bytes (\S+)$/gm),
    descriptors,
    dataBytes: [...sizes.values()].reduce((sum, one) => sum + one, 0),
    walBytes: sizes.get('lading.db-wal') ?? 0,
    deadJobs: sumOf(metrics, /^lading_jobs\{kind="[^"]*",state="dead"\} (\S+)$/gm),
  }
}

export async function countDescriptors(pid: number): Promise<number | undefined> {
  return (await ofSystem(readdir(`/proc/${pid}/fd`)))?.length
}

async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await ofSystem(readFile(`/proc/${pid}/status`, 'utf8'))
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
}

/** Only some systems have it. */
async function ofSystem<T>(reading: Promise<T>): Promise<T | undefined> {
  return await reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

async function sizesBelow(folder: string): Promise<Map<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = new Map<string, number>()
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    // It may have gone meanwhile.
    const found = await ofSystem(stat(path))
    if (found !== undefined) sizes.set(path.slice(folder.length + 1), found.size)
  }
  return sizes
}

function sumOf(metrics: string, line: RegExp): number {
  return [...metrics.matchAll(line)].reduce((sum, [, value]) => sum + Number(value), 0)
}
