import { availableParallelism } from 'node:os'
import type { Config } from '../../config/config.ts'

/** More would share the one writer thread, and cost memory. */
const mostByDefault = 4
/** Where the system spreads connections over those who listen on the same port. */
const platforms: readonly string[] = ['linux', 'freebsd']

/** How many threads serve requests, the main one included. */
export function threadCount({ threads }: Config): number {
  if (!platforms.includes(process.platform)) return 1
  return threads ?? Math.min(availableParallelism(), mostByDefault)
}

/**
 * Passwords of which one of so many threads computes the hash at a time, and how many wait for that: each keeps one of
 * the few threads busy that files are read with, of which the process has one pool.
 */
export function passwordBounds(threads: number): { readonly width: number; readonly queue: number } {
  return { width: Math.max(1, Math.floor(2 / threads)), queue: Math.ceil(64 / threads) }
}

/** What one of so many threads may use of what is set for the process. */
export function configOfThread(config: Config, threads: number): Config {
  if (threads === 1) return config
  const { store, cache, limits } = config
  return {
    ...config,
    // Two: what takes long must not keep all others waiting.
    store: { ...store, connections: Math.max(2, Math.floor(store.connections / threads)) },
    cache: { ...cache, bytes: Math.floor(cache.bytes / threads) },
    limits: {
      ...limits,
      uploadBufferBytes: Math.floor(limits.uploadBufferBytes / threads),
      downloadBufferBytes: Math.floor(limits.downloadBufferBytes / threads),
      connections: Math.ceil(limits.connections / threads),
      // The largest manifest has to fit in any of them.
      heldBodyBytes: Math.max(limits.manifestBytes, Math.ceil(limits.heldBodyBytes / threads)),
    },
  }
}
