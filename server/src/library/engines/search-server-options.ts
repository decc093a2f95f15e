import { type ElasticOptions, settingsOf } from '../../adapters/search/shared/elastic/options.ts'
import { serverAddressOf } from '../../adapters/search/shared/elastic/server-address.ts'

/** Where an OpenSearch or an Elasticsearch is, and what is kept there. Times in ms. */
export interface SearchServerOptions {
  /** `http://host:port` or `https://host:port`; of several nodes of one cluster, all of them. */
  readonly node: string | readonly string[]
  /** What the names of its indexes begin with: registries that share a server want different ones. `lading` where nothing is said. */
  readonly index?: string
  readonly username?: string
  readonly password?: string
  /** As the server has given it, encoded; instead of a user. */
  readonly apiKey?: string
  /** With every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** PEM of the authorities that are trusted, instead of those of the machine; for `https:` alone. */
  readonly ca?: string
  /** Of an index that is built from now on, 1 where nothing is said. With more, facets with very many values are counted roughly. */
  readonly shards?: number
  /** Of one question, with all that is tried again: 10 s where nothing is said. */
  readonly timeout?: number
  /** Of one change: 60 s where nothing is said. */
  readonly writeTimeout?: number
  /** How often more something is tried that the server has turned away because it is busy: 4 where nothing is said. */
  readonly retries?: number
  /** Documents are sent in bodies of about so many bytes: 4 MiB where nothing is said. */
  readonly bulkBytes?: number
}

/** As the adapters want them. @throws RangeError for a bound, TypeError for an address that is none: neither shows a secret */
export function elasticOptions({ timeout, writeTimeout, ...rest }: SearchServerOptions): ElasticOptions {
  const options = {
    ...rest,
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(writeTimeout !== undefined && { writeTimeoutMs: writeTimeout }),
  }
  settingsOf(options)
  serverAddressOf(options)
  return options
}
