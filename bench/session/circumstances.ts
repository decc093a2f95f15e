import { statfs } from 'node:fs/promises'
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os'
import type { Circumstances } from './results.ts'
import type { Stage } from './stage.ts'

/** Where flushing means nothing (Linux's statfs(2)). */
const memoryFileSystem = 0x01021994
const gib = 1024 ** 3

export async function circumstancesOf(suite: string, seconds: number, stage: Stage): Promise<Circumstances> {
  const versions = [...stage.targets, ...stage.programs].flatMap(([name, found]) => {
    return 'missing' in found ? [] : [[name, found.version] as const]
  })
  return { suite, seconds, versions: Object.fromEntries(versions), machine: await machine() }
}

/** The one-minute load average. */
export function load(): number {
  return loadavg()[0] ?? 0
}

async function machine(): Promise<Record<string, string>> {
  const cores = cpus()
  const { type } = await statfs(tmpdir())
  return {
    processor: `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / gib)} GiB`,
    system: `${process.platform} ${release()}, ${process.arch}`,
    node: process.version,
    'file system':
      type === memoryFileSystem ? 'in memory: pushes flush nothing' : `of type 0x${type.toString(16)}`,
  }
}
