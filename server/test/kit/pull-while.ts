import { createHash } from 'node:crypto'
import { on } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { Worker } from 'node:worker_threads'
import type { Ask } from './http-client.ts'

export type Pull = Omit<Ask, 'agent'>

/** One request of a puller. Times in ms, by the clock that all threads of the process have. */
export interface Pulled {
  /** Which of the pullers' requests it was. */
  readonly pull: number
  readonly url: string
  readonly began: number
  readonly ended: number
  readonly status: number
  /** Of the body, and how long that is. */
  readonly digest: string
  readonly length: number
}

export interface PulledWhile {
  /** When the answer to the change was there. */
  readonly changed: number
  readonly pulled: readonly Pulled[]
}

export interface Pulling {
  /** Each puller asks one of them, all in turn. */
  readonly urls: readonly string[]
  readonly pullers: number
  /** What they ask for, one after the other, each from another one on. */
  readonly pulls: readonly Pull[]
}

/** What a thread of pullers is given, and what it says. */
export interface PullingThread extends Pulling {
  /** ns, of the answer to the change; 0 until there is one. */
  readonly changed: BigInt64Array
}
export type PullerSays = { readonly all: 'pull' } | { readonly pulled: readonly Pulled[] }

export const now = (): number => Number(process.hrtime.bigint()) / 1e6

/**
 * All pullers ask without a pause, over connections that stay open, before, while and after something is changed. They have a
 * thread of their own: who changes it hears of the answer as soon as it is there.
 */
export async function pullWhile(pulling: Pulling, change: () => Promise<unknown>): Promise<PulledWhile> {
  const changed = new BigInt64Array(new SharedArrayBuffer(8))
  const workerData: PullingThread = { ...pulling, changed }
  const worker = new Worker(new URL('./pulling-thread.ts', import.meta.url), { workerData })
  try {
    // What it throws is thrown here.
    const said = on(worker, 'message', { close: ['exit'] }) as AsyncIterable<[PullerSays]>
    for await (const [says] of said) {
      if ('pulled' in says) return { changed: Number(changed[0]) / 1e6, pulled: says.pulled }
      await change()
      Atomics.store(changed, 0, process.hrtime.bigint())
    }
    throw new Error('the pullers ended before they had said what they pulled')
  } finally {
    await worker.terminate()
  }
}

/** An answer of which the beginning was read: the rest waits at the server. */
export interface HeldAnswer {
  readonly status: number
  /** Reads the rest. Throws where it breaks off. */
  finish(): Promise<{ readonly length: number; readonly digest: string }>
}

export async function holdAnswer(url: string, pull: Pull): Promise<HeldAnswer> {
  const { hostname, port } = new URL(url)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const { method = 'GET', path, headers = {} } = pull
    const auth = pull.auth === undefined ? {} : { auth: pull.auth }
    const sent = request({ host: hostname, port, method, path, headers, agent: false, ...auth }, resolve)
    sent.once('error', reject)
    sent.end()
  })
  const chunks = response[Symbol.asyncIterator]()
  const hash = createHash('sha256')
  let length = 0
  const take = async (): Promise<boolean> => {
    const { done = false, value } = await chunks.next()
    if (done) return false
    hash.update(value)
    length += value.length
    return true
  }
  await take()
  return {
    status: response.statusCode ?? 0,
    finish: async () => {
      let isMore = true
      while (isMore) isMore = await take()
      return { length, digest: `sha256:${hash.digest('hex')}` }
    },
  }
}
