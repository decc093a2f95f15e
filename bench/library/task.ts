import type { SortField } from '../../server/src/library/backend-types.ts'
import type { Narrowed } from './layers/layer.ts'

export const sorts: readonly SortField[] = ['name', 'createdAt', 'updatedAt', 'downloads', 'stars', 'views']

export type LayerName = 'lading' | 'lading in memory' | 'by hand' | 'bare get' | 'map' | 'drizzle'

/** One measurement, made in a process of its own. */
export type Task =
  | {
      readonly do: 'read'
      readonly layer: LayerName
      readonly folder: string
      /** How many are in it; for a layer in memory, how many are made first. */
      readonly artifacts: number
      readonly seconds: number
    }
  | {
      readonly do: 'list'
      readonly layer: LayerName
      readonly folder: string
      readonly by: Narrowed
      readonly pageSize: number
      /** Which page is the deep one. */
      readonly page: number
      readonly seconds: number
    }
  | {
      readonly do: 'create'
      readonly layer: LayerName
      readonly folder: string
      readonly clients: number
      /** At most, since they are made before the time. */
      readonly pieces: number
      readonly seconds: number
    }
  | { readonly do: 'import'; readonly layer: LayerName; readonly folder: string; readonly pieces: number }
  | {
      readonly do: 'live'
      readonly folder: string
      readonly artifacts: number
      readonly clients: number
      readonly pieces: number
      readonly seconds: number
    }
  /** What is asked of all layers, to be held against each other. */
  | {
      readonly do: 'look'
      readonly layer: LayerName
      readonly folder: string
      readonly artifacts: number
      readonly pageSize: number
      readonly facts: Facts
    }
  | { readonly do: 'facts'; readonly folder: string }

/** What most artifacts of a filled folder have in common, so that lists of them are long. */
export interface Facts {
  readonly kind: string
  readonly organization: string
  readonly author: string
  readonly topic: string
}

/** How a folder is filled: always with the same. */
export const filledSeed = 1
