import type { HttpServer } from '../../http/listen.ts'
import type { Journal } from '../../ports/journal/journal.ts'
import type { Family } from '../../ports/telemetry/metrics.ts'
import type { Metering } from '../../ports/telemetry/telemetry.ts'
import { ladingVersion } from '../lading-version.ts'
import { type Look, type ThreadFigures, watchThread } from '../threads/thread-figures.ts'
import { type ProcessFiguresParts, processFigures, type SearchLag } from './process-figures.ts'

export interface WatchParts {
  readonly telemetry: Metering
  readonly journal: Pick<Journal, 'list'>
  readonly folder: string
  /** Blobs that are marked as damaged. */
  readonly damaged: () => Promise<number>
  readonly lags: () => Promise<readonly SearchLag[]>
  readonly unsealed: ProcessFiguresParts['unsealed']
}

/** What `/metrics` says. */
export class Watch implements Disposable {
  readonly #parts: WatchParts
  readonly #version = ladingVersion()
  #thread: ThreadFigures | undefined

  constructor(parts: WatchParts) {
    this.#parts = parts
  }

  /** `looks`: what the engines of this thread have to tell. */
  start(http: HttpServer, looks: readonly Look[]): void {
    const { telemetry } = this.#parts
    this.#thread = watchThread(telemetry, [httpLook(http, telemetry), ...looks])
  }

  /** As of now, of the whole process; other threads' own figures are a few seconds old. */
  async families(): Promise<readonly Family[]> {
    this.#thread?.refresh()
    const { telemetry, ...parts } = this.#parts
    return [...telemetry.families(), ...(await processFigures({ ...parts, version: this.#version }))]
  }

  [Symbol.dispose](): void {
    this.#thread?.[Symbol.dispose]()
  }
}

function httpLook(http: HttpServer, telemetry: Metering): Look {
  const connections = telemetry.tally('lading_http_connections')
  const running = telemetry.tally('lading_http_requests_in_progress')
  const refused = telemetry.tally('lading_http_refused_connections_total')
  const received = telemetry.tally('lading_http_received_bytes_total')
  const sent = telemetry.tally('lading_http_sent_bytes_total')
  return () => {
    const now = http.figures()
    connections.set(now.open)
    running.set(now.running)
    refused.set(now.refused)
    received.set(now.received)
    sent.set(now.sent)
  }
}
