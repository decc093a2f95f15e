import type { MessagePort } from 'node:worker_threads'
import type { StoreLink } from '../../adapters/store/sqlite/store-link.ts'
import type { SharedMetrics } from '../../adapters/telemetry/shared/metrics.ts'
import type { Config } from '../../config/config.ts'
import type { SearchAnswer, SearchCall } from './remote-search.ts'

/** What a thread starts with. `store.port` and `lines` are transferred. */
export interface ThreadData {
  /** From 1 on; the main thread is 0. */
  readonly thread: number
  /** As for this thread alone. */
  readonly config: Config
  readonly bootId: string
  readonly generations: SharedArrayBuffer
  /** undefined: it opens one of its own. */
  readonly store: StoreLink | undefined
  /** What the main thread hears of other processes; undefined: there are none. */
  readonly hearing: SharedArrayBuffer | undefined
  readonly metrics: SharedMetrics
  /** Of UnflushableFiles. */
  readonly unflushable: SharedArrayBuffer
  /** What is counted in. */
  readonly buckets: SharedArrayBuffer
  /** Its log goes this way. */
  readonly lines: MessagePort
}

/** A thread to the main one. */
export type FromThread =
  | { readonly say: 'listening' }
  /** There may be a job to do. */
  | { readonly say: 'wake' }
  /** There may be more events to read. */
  | { readonly say: 'published' }
  /** It wants to know when every process has heard of what was committed. */
  | { readonly say: 'ask'; readonly ticket: number }
  | { readonly say: 'search'; readonly ticket: number; readonly call: SearchCall }
  | { readonly say: 'take'; readonly ticket: number; readonly upload: string }
  | { readonly say: 'end'; readonly ticket: number }
  /** All is closed, and nothing more will be said. */
  | { readonly say: 'closed' }

export type TurnRefusal = 'upload-busy' | 'too-many-requests'

/** The main thread to another. */
export type ToThread =
  | { readonly say: 'published' }
  | { readonly say: 'heard'; readonly ticket: number }
  | { readonly say: 'found'; readonly ticket: number; readonly answer: SearchAnswer }
  | { readonly say: 'taken'; readonly ticket: number; readonly refused?: TurnRefusal }
  /** The process is about to go: so it is told at the doors, and all else goes on. */
  | { readonly say: 'leave' }
  | { readonly say: 'close'; readonly graceMs: number }
