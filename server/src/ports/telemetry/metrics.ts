/** Goes up only. Names as Prometheus has them: the unit, then `_total`. */
export type CounterName =
  | 'lading_http_received_bytes_total'
  | 'lading_http_sent_bytes_total'
  | 'lading_http_refused_connections_total'
  | 'lading_http_throttled_total'
  | 'lading_cache_requests_total'
  | 'lading_cache_tier_requests_total'
  | 'lading_cache_tier_writes_total'
  | 'lading_cache_far_writes_total'
  | 'lading_commit_races_total'
  | 'lading_store_groups_total'
  | 'lading_store_batches_total'

/** Goes up and down. */
export type GaugeName =
  | 'lading_http_connections'
  | 'lading_http_requests_in_progress'
  | 'lading_uploads_in_progress'
  | 'lading_cache_bytes'
  | 'lading_cache_entries'
  | 'lading_store_commits_waiting'
  | 'lading_store_wal_bytes'
  | 'lading_store_connections'
  | 'lading_store_waiting_for_connection'
  | 'lading_event_loop_delay_seconds'
  | 'lading_event_loop_utilization_ratio'
  | 'lading_heap_used_bytes'

export type HistogramName =
  | 'lading_http_request_duration_seconds'
  | 'lading_store_operation_duration_seconds'
  | 'lading_blob_operation_duration_seconds'
  | 'lading_job_duration_seconds'
  | 'lading_cache_tier_duration_seconds'

/** Looked up when somebody asks, not counted: the same whichever thread answers. */
export type AskedName =
  | 'lading_build_info'
  | 'lading_jobs'
  | 'lading_disk_free_bytes'
  | 'lading_disk_size_bytes'
  | 'lading_blobs_damaged'
  | 'lading_search_lag_seconds'
  | 'lading_search_lag_entries'
  | 'lading_search_ready'
  | 'lading_audit_unsealed_entries'
  | 'lading_audit_unsealed_seconds'
  | 'process_cpu_seconds_total'
  | 'process_resident_memory_bytes'
  | 'process_start_time_seconds'

export type MetricName = CounterName | GaugeName | HistogramName | AskedName

/** Each label with its values; whatever else is said becomes `other`, so that no client can make series. */
export type Labels = Readonly<Record<string, readonly string[]>>

interface Described {
  /** One sentence. */
  readonly help: string
  readonly labels?: Labels
}

export interface Counted extends Described {
  readonly kind: 'counter'
}

export interface Gauged extends Described {
  readonly kind: 'gauge'
  /** How the parts of several threads become one figure. */
  readonly over: 'sum' | 'max'
}

export interface Observed extends Described {
  readonly kind: 'histogram'
  /** Upper bounds, rising; the one of infinity is understood. */
  readonly bounds: readonly number[]
}

/** Its labels have whatever values the answer brings. */
export interface AskedFor {
  readonly kind: 'counter' | 'gauge'
  readonly asked: true
  readonly help: string
  readonly labels?: Labels
}

export type Metric = Counted | Gauged | Observed | AskedFor

/** One series with its value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface HistogramSample {
  readonly labels: Readonly<Record<string, string>>
  readonly sum: number
  /** Values at most `upTo`, those of smaller bounds included; the last is Infinity and counts all. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[]
}

/** A metric with all of its series. */
export type Family =
  | {
      readonly name: MetricName
      readonly help: string
      readonly kind: 'counter' | 'gauge'
      readonly samples: readonly Sample[]
    }
  | {
      readonly name: MetricName
      readonly help: string
      readonly kind: 'histogram'
      readonly samples: readonly HistogramSample[]
    }

/** Names of what is asked for, a few words that stand for all paths of one sort. A door that has more adds them here. */
export const routes: readonly string[] = [
  'none',
  'oci-ping',
  'oci-catalog',
  'oci-manifest',
  'oci-blob',
  'oci-uploads',
  'oci-upload',
  'oci-tags',
  'oci-tag-history',
  'oci-referrers',
  'oci-token',
  'jwks',
  'me',
  'own-keys',
  'own-key-make',
  'own-key-revoke',
  'tokens',
  'token-make',
  'token-refresh',
  'token-end',
  'search',
  'suggest',
  'health',
  'metrics',
  'page',
]

/** As what requests are counted where they are limited; `none`: those that nothing limits. */
export const rateClasses: readonly string[] = ['read', 'write', 'search', 'login', 'none']

export const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
export const statusClasses: readonly string[] = ['1xx', '2xx', '3xx', '4xx', '5xx']

/** Tiers of the cache, the nearest first. */
export const cacheTiers: readonly string[] = ['memory', 'disk', 'redis', 'memcached']

/** A job's kind that is not here is counted as `other`. */
export const jobKinds: readonly string[] = [
  'collect',
  'delete-referrers',
  'empty-trash',
  'empty-trash-now',
  'expire-logins',
  'expire-uploads',
  'send-letter',
  'send-notice',
  'retention',
  'note-artifacts',
  'empty-repository',
  'sweep',
  'compare-index',
  'seal-audit',
  'expire-audit',
]

/** From a hit in memory to a large upload. */
const requestBounds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600,
]
const operationBounds = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10, 60,
]
const jobBounds = [0.01, 0.1, 1, 10, 60, 600, 3600]

/** Every metric there is: what is not here cannot be counted, and the guide's table is held against it. */
export const metrics: { readonly [N in MetricName]: Metric } = {
  lading_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Requests by the time from their headers to the end of their answer, body included.',
    labels: { route: routes, method: methods, status: statusClasses },
    bounds: requestBounds,
  },
  lading_http_requests_in_progress: { kind: 'gauge', over: 'sum', help: 'Requests without a whole answer.' },
  lading_http_connections: { kind: 'gauge', over: 'sum', help: 'Open connections.' },
  lading_http_refused_connections_total: {
    kind: 'counter',
    help: 'Connections that were turned away because limits.connections were open.',
  },
  lading_http_throttled_total: {
    kind: 'counter',
    help: 'Requests that were answered 429, since too much was asked for, or too many wrong passwords were tried.',
    labels: { class: rateClasses },
  },
  lading_http_received_bytes_total: { kind: 'counter', help: 'Bytes that came over connections.' },
  lading_http_sent_bytes_total: { kind: 'counter', help: 'Bytes that left over connections.' },
  lading_uploads_in_progress: { kind: 'gauge', over: 'sum', help: 'Requests that write to an upload.' },
  lading_cache_requests_total: {
    kind: 'counter',
    help: 'Look-ups in the memory cache.',
    labels: { result: ['hit', 'miss'] },
  },
  lading_cache_bytes: { kind: 'gauge', over: 'sum', help: 'Memory that the cache has taken.' },
  lading_cache_entries: { kind: 'gauge', over: 'sum', help: 'Answers in the cache.' },
  lading_cache_tier_requests_total: {
    kind: 'counter',
    help: 'Look-ups in a tier of the cache. Skipped: it failed too often and rests. Forged: its answer was not what had been put there.',
    labels: { tier: cacheTiers, result: ['hit', 'miss', 'error', 'timeout', 'skipped', 'forged'] },
  },
  lading_cache_tier_writes_total: {
    kind: 'counter',
    help: 'What a tier of the cache was told to keep or to forget. Skipped: it rests, and is told later what to forget.',
    labels: { tier: cacheTiers, result: ['ok', 'error', 'timeout', 'skipped'] },
  },
  lading_cache_tier_duration_seconds: {
    kind: 'histogram',
    help: 'Calls of a tier of the cache, those without an answer too.',
    labels: { tier: cacheTiers, operation: ['get', 'set', 'delete', 'clear'] },
    bounds: operationBounds,
  },
  lading_cache_far_writes_total: {
    kind: 'counter',
    help: 'Answers for the tiers outside of the process. Dropped: too many were waiting. Refused: too large, or no plain data.',
    labels: { result: ['kept', 'dropped', 'refused'] },
  },
  lading_store_operation_duration_seconds: {
    kind: 'histogram',
    help: 'Calls of the store.',
    labels: {
      operation: ['get', 'getMany', 'find', 'count', 'tail', 'last', 'commit'],
      result: ['ok', 'lost', 'error'],
    },
    bounds: operationBounds,
  },
  lading_store_commits_waiting: { kind: 'gauge', over: 'sum', help: 'Batches without an answer yet.' },
  lading_commit_races_total: {
    kind: 'counter',
    help: 'Batches that another change got in before; each is decided again.',
    labels: { why: ['exists', 'missing', 'rev', 'when'] },
  },
  lading_store_groups_total: {
    kind: 'counter',
    help: 'Groups of batches that reached the disk, each with one flush.',
  },
  lading_store_batches_total: { kind: 'counter', help: 'Batches in those groups.' },
  lading_store_wal_bytes: { kind: 'gauge', over: 'max', help: 'Size of the write-ahead log.' },
  lading_store_connections: {
    kind: 'gauge',
    over: 'sum',
    help: 'Connections to the database.',
    labels: { state: ['busy', 'idle'] },
  },
  lading_search_lag_seconds: {
    kind: 'gauge',
    asked: true,
    help: 'How long the oldest change waits that a search index does not have.',
    labels: { engine: ['sqlite', 'postgresql', 'mongodb', 'opensearch', 'elasticsearch'] },
  },
  lading_search_lag_entries: {
    kind: 'gauge',
    asked: true,
    help: 'Events that a search index does not have, up to 1,000.',
    labels: { engine: ['sqlite', 'postgresql', 'mongodb', 'opensearch', 'elasticsearch'] },
  },
  lading_search_ready: {
    kind: 'gauge',
    asked: true,
    help: '1 where a search index is built and answers.',
    labels: { engine: ['sqlite', 'postgresql', 'mongodb', 'opensearch', 'elasticsearch'] },
  },
  lading_audit_unsealed_entries: {
    kind: 'gauge',
    asked: true,
    help: 'Entries of the audit log that are not in the chain yet, up to 10,000.',
  },
  lading_audit_unsealed_seconds: {
    kind: 'gauge',
    asked: true,
    help: 'How long the oldest of them waits.',
  },
  lading_store_waiting_for_connection: {
    kind: 'gauge',
    over: 'sum',
    help: 'Work that waits for a connection to the database.',
  },
  lading_blob_operation_duration_seconds: {
    kind: 'histogram',
    help: 'Calls of the blobs; fsync is one flush of a file or folder, part of a seal or an append.',
    labels: { operation: ['open', 'append', 'seal', 'remove', 'length', 'fsync'], result: ['ok', 'error'] },
    bounds: operationBounds,
  },
  lading_jobs: {
    kind: 'gauge',
    asked: true,
    help: 'Background jobs, counted up to 1000 a state.',
    labels: { kind: jobKinds, state: ['ready', 'running', 'dead'] },
  },
  lading_job_duration_seconds: {
    kind: 'histogram',
    help: 'Runs of background jobs.',
    labels: { kind: jobKinds, result: ['ok', 'error'] },
    bounds: jobBounds,
  },
  lading_event_loop_delay_seconds: {
    kind: 'gauge',
    over: 'max',
    help: 'How late timers were in the last seconds, in the slowest thread.',
    labels: { quantile: ['0.5', '0.99', '1'] },
  },
  lading_event_loop_utilization_ratio: {
    kind: 'gauge',
    over: 'max',
    help: 'Share of the last seconds in which the busiest thread was at work.',
  },
  lading_heap_used_bytes: { kind: 'gauge', over: 'sum', help: 'JavaScript heaps of all threads.' },
  lading_disk_free_bytes: { kind: 'gauge', asked: true, help: 'Space left where the data folder is.' },
  lading_disk_size_bytes: { kind: 'gauge', asked: true, help: 'Size of that disk.' },
  lading_blobs_damaged: {
    kind: 'gauge',
    asked: true,
    help: 'Blobs whose bytes were found lost or changed, and that are not given out; counted up to 1000.',
  },
  lading_build_info: {
    kind: 'gauge',
    asked: true,
    help: 'Always 1; what runs is in the labels.',
    labels: { version: [], node: [] },
  },
  process_cpu_seconds_total: { kind: 'counter', asked: true, help: 'Processor time of the process.' },
  process_resident_memory_bytes: { kind: 'gauge', asked: true, help: 'Resident memory of the process.' },
  process_start_time_seconds: { kind: 'gauge', asked: true, help: 'When the process started, since 1970.' },
}
