import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { SpawnedServer } from '../kit/spawned-server.ts'
import type { DiskEvent } from './disk-events.ts'
import type { Asked } from './promises.ts'
import { RecordedClient } from './recorded-client.ts'
import { nothing, type Remains } from './recorded-disk.ts'
import { type LeftOut, traceServer } from './traced-server.ts'

export interface Recording {
  /** The folder that the events speak of. */
  readonly disk: string
  /** What stood there before the first of them. */
  readonly initial: Remains
  readonly events: readonly DiskEvent[]
  readonly asked: readonly Asked[]
  /** Ids of requests that were answered before the first event. */
  readonly answered: readonly string[]
}

const clients = 3
const lives = 2

/** Within a life files go to the trash, and from there. */
const env = {
  LADING_LIMITS_TRASH_DELAY: '1s',
  LADING_LIMITS_CLEANUP_INTERVAL: '1s',
  LADING_LOG_LEVEL: 'debug',
  LADING_LOG_FORMAT: 'json',
}

/** What a server does to its disk through two lives while clients push, retag and delete. */
export async function record(root: string, seed: number, leave?: LeftOut): Promise<Recording> {
  const asked: Asked[] = []
  const working = Array.from({ length: clients }, (_, index) => new RecordedClient(index, seed, asked))
  const events: DiskEvent[] = []
  for (let life = 0; life < lives; life++) {
    const more = await traceServer({ root, env, ...(leave && { leave }) }, async (server) => {
      await Promise.all(working.map((client) => client.work(server.url)))
      await trashEmptied(server)
    })
    const from = 1 + (events.at(-1)?.ended ?? 0)
    events.push(...more.map((event) => ({ ...event, begun: event.begun + from, ended: event.ended + from })))
  }
  return { disk: join(root, 'disk'), initial: nothing, events, asked, answered: [] }
}

const deadlineMs = 30_000

/** By the log: a job has taken something. */
async function trashEmptied(server: SpawnedServer): Promise<void> {
  const until = performance.now() + deadlineMs
  while (!/"kind":"empty-trash","result":"[1-9]/.test(server.printed())) {
    if (performance.now() > until) throw new Error(`the trash was not emptied:\n${server.printed()}`)
    await setTimeout(20)
  }
}
