import type { TraceContext } from '../../domain/trace-context.ts'

/** What a span says of a request that has been answered. */
export interface RequestEnd {
  readonly route: string
  readonly status: number
  /** False: the client left before it had everything. */
  readonly complete: boolean
}

export interface RequestBegin {
  readonly method: string
  readonly path: string
  readonly scheme: 'http' | 'https'
  readonly address: string | undefined
  readonly requestId: string
  /** What the client's own trace is. */
  readonly parent: TraceContext | undefined
}

export interface RequestSpan {
  /** Of this span: what is sent on from here is its child. */
  readonly trace: TraceContext
  /** Whatever is begun within, and whatever that waits for, belongs to the request. */
  run<T>(work: () => T): T
  end(end: RequestEnd): void
}

/** Spans of what happens, for a collector of traces. Never throws by itself, never waits. */
export interface Tracing {
  request(begin: RequestBegin): RequestSpan
  /** Something that takes its time within a request. Outside of one no span is made. Passes on what `work` answers or throws. */
  span<T>(name: string, work: () => Promise<T>): Promise<T>
  /** Sends what is left, for a short while. */
  close(): Promise<void>
}
