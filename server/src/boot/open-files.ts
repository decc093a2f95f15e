import { readFile } from 'node:fs/promises'
import type { Config } from '../config/config.ts'
import { surplusRoom } from '../http/connections.ts'
import type { Telemetry } from '../ports/telemetry/telemetry.ts'

/** A connection, and often a file that it reads or writes. */
const filesOfConnection = 2
/** Database, log, what threads wait on and what jobs open, of each thread. */
const filesOfThread = 48
/** Fewer would not be a server; then some clients may find that no file can be opened. */
const fewestConnections = 16

/** How many files a process with such a /proc/<pid>/limits may have open. undefined: it does not say. */
export function mostOpenFiles(limits: string): number | undefined {
  // Node takes as many as the hard limit lets it have.
  const most = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1]
  if (most === undefined) return undefined
  return most === 'unlimited' ? Number.POSITIVE_INFINITY : Number(most)
}

/** How many files so many connections may need, served by so many threads. */
export function filesWanted(connections: number, threads: number): number {
  return filesOfConnection * connections + (filesOfThread + surplusRoom) * threads
}

/** The configuration with no more connections than there may be files for. Where that is fewer, the log is told. */
export async function withinOpenFiles(
  config: Config,
  threads: number,
  telemetry: Pick<Telemetry, 'warn'>,
  readLimits: () => Promise<string> = () => readFile('/proc/self/limits', 'utf8').catch(() => ''),
): Promise<Config> {
  const most = mostOpenFiles(await readLimits()) ?? Number.POSITIVE_INFINITY
  const { limits } = config
  if (most >= filesWanted(limits.connections, threads)) return config
  const fitting = Math.floor((most - filesWanted(0, threads)) / filesOfConnection)
  const connections = Math.min(limits.connections, Math.max(fewestConnections, fitting))
  telemetry.warn('fewer connections are taken than are set: the process may not open more files', {
    connections,
    set: limits.connections,
    openFiles: most,
  })
  return { ...config, limits: { ...limits, connections } }
}
