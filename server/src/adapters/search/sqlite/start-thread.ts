import { getCompileCacheDir } from 'node:module'
import { Worker } from 'node:worker_threads'

/** The programs of threads, which stand beside this file. */
export type ThreadName = 'search-writer-thread' | 'search-builder-thread' | 'search-reader-thread'

/** Starts a thread: TypeScript in a clone, JavaScript when built. It gets nothing of the environment but the compile cache. */
export function startThread(name: ThreadName, workerData: unknown): Worker {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const cache = getCompileCacheDir()
  const env = cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }
  return new Worker(new URL(`./${name}${extension}`, import.meta.url), { workerData, env })
}
