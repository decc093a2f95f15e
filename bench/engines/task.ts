import type { Narrowed } from '../library/layers/layer.ts'
import type { Facts } from '../library/task.ts'

/** Ways to keep artifacts in PostgreSQL, in the same tables. */
export type PostgresqlLayerName = 'lading' | 'store' | 'by hand'

/** Ways to keep a cache of answers. */
export type CacheName = 'lading' | 'memory tier' | 'redis tier' | 'redis by hand'

/** Ways to bring bytes to S3 and back. */
export type S3LayerName = 'blobs' | 'sdk'

export interface S3Place {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly bucket: string
}

/** One measurement, made in a process of its own. */
export type Task =
  /** Fills an empty database, and answers what is most frequent there. */
  | { readonly do: 'fill'; readonly url: string; readonly artifacts: number }
  | {
      readonly do: 'read'
      readonly layer: PostgresqlLayerName
      readonly url: string
      readonly artifacts: number
      readonly seconds: number
    }
  | {
      readonly do: 'list'
      readonly layer: PostgresqlLayerName
      readonly url: string
      readonly by: Narrowed
      readonly pageSize: number
      /** Which page is the deep one. */
      readonly page: number
      readonly seconds: number
    }
  | {
      readonly do: 'create'
      readonly layer: PostgresqlLayerName
      /** Of a database with the tables, and nothing in them. */
      readonly url: string
      readonly clients: number
      /** At most, since they are made before the time. */
      readonly pieces: number
      readonly seconds: number
    }
  /** What is asked of all layers, to be held against each other. */
  | {
      readonly do: 'look'
      readonly layer: PostgresqlLayerName
      readonly url: string
      readonly artifacts: number
      readonly pageSize: number
      readonly facts: Facts
    }
  /** Reads what was read before. */
  | {
      readonly do: 'cached'
      readonly cache: CacheName
      /** Of Redis; for `lading` of a database with the tables. */
      readonly url: string
      readonly entries: number
      readonly seconds: number
    }
  /** Reads some much more often than others, through memory and Redis, both empty at first. */
  | {
      readonly do: 'zipf'
      readonly url: string
      readonly entries: number
      readonly clients: number
      readonly reads: number
    }
  | {
      readonly do: 'push' | 'pull'
      readonly layer: S3LayerName
      readonly place: S3Place
      readonly bytes: number
      readonly seconds: number
    }
  /** Clients of registries that are one: what is done by the one is seen by the other. */
  | {
      readonly do: 'mixed'
      readonly origins: readonly [string, string]
      readonly clients: number
      readonly seconds: number
    }

/** What was measured, by the figure's id. */
export type Measurement = Readonly<Record<string, number>>
