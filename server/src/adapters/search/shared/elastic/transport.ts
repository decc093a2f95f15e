/** One call of the HTTP interface that OpenSearch and Elasticsearch share. */
export interface ElasticRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** From the first slash on, its parts encoded. */
  readonly path: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly body?: object
  /** Instead of a body: JSON values, each on a line of its own with its end. */
  readonly lines?: string
}

export interface ElasticAnswer {
  readonly status: number
  /** What the JSON says; the text where it is none. */
  readonly body: unknown
}

/** All that the engines need of a client. */
export interface ElasticTransport {
  /** What is asked, as messages call it: OpenSearch, Elasticsearch. */
  readonly product: string
  /**
   * Whatever the status of the answer. Once the signal is aborted nobody waits for it any more, and it is broken off.
   * @throws SearchError `unavailable` where there is no answer, or none that can be read; `refused` where it is of another product
   */
  send(request: ElasticRequest, limits: { signal: AbortSignal; timeoutMs: number }): Promise<ElasticAnswer>
  close(): Promise<void>
}
