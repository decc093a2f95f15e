import { Worker } from 'node:worker_threads'

export interface Search {
  readonly runs: number
  readonly seed: number
  /** A rule left out, by its name in `breakages.ts`: the first failure is enough then, and is not shrunk. */
  readonly breakage?: string
}

export interface Found {
  readonly failed: boolean
  readonly runs: number
  /** The smallest failing program, its seed and its error; empty where there is none. */
  readonly report: string
}

/** In a thread of its own: the test runner follows every promise of its own thread, which makes this several times slower. */
export async function search(
  what: Search,
  program: URL = new URL('./search-thread.ts', import.meta.url),
): Promise<Found> {
  return await new Promise((resolve, reject) => {
    const thread = new Worker(program, { workerData: what })
    thread.once('message', (found: Found) => {
      void thread.terminate()
      resolve(found)
    })
    thread.once('error', reject)
    thread.once('exit', (code) => reject(new Error(`the search ended without an answer, with code ${code}`)))
  })
}
