import type { SearchErrorKind } from '../../../ports/search/errors.ts'
import type {
  CompletionQuery,
  EngineQuery,
  HavingQuery,
  Mark,
  SimilarQuery,
  SimilarWord,
} from '../../../ports/search/search.ts'
import type { PackedAnswer } from './packed-answer.ts'

/** What can be asked of a thread: by its name, what goes there and what comes back. */
export type Calls = Record<string, { readonly asked: unknown; readonly answer: unknown }>

export type ReaderCalls = {
  /** Waits until all is in memory that questions want. */
  readonly ready: { readonly asked: null; readonly answer: null }
  readonly query: { readonly asked: EngineQuery; readonly answer: PackedAnswer }
  readonly having: { readonly asked: HavingQuery; readonly answer: readonly number[] }
  readonly complete: { readonly asked: CompletionQuery; readonly answer: readonly string[] }
  readonly similar: { readonly asked: SimilarQuery; readonly answer: readonly (readonly SimilarWord[])[] }
  readonly list: {
    readonly asked: { readonly after: string | undefined; readonly limit: number }
    readonly answer: readonly { readonly id: string; readonly version: number }[]
  }
}

/** JSON of lists, each of a part of them: making it takes the asking thread less time than a copy of the objects. */
export type Slices = readonly string[]

export type WriterCalls = {
  /** Which file is the index; undefined: there is none that can be used. Its leftovers were removed. */
  readonly open: { readonly asked: null; readonly answer: string | undefined }
  readonly mark: { readonly asked: null; readonly answer: Mark | undefined }
  readonly apply: {
    readonly asked: { readonly changes: Slices; readonly from: Mark; readonly to: Mark }
    readonly answer: 'applied' | 'moved'
  }
  /** From now on the index is this file, which was built. */
  readonly adopt: { readonly asked: string; readonly answer: null }
  /** Removes files of indexes that are not this one, nor being built. */
  readonly tidy: { readonly asked: { readonly building: readonly string[] }; readonly answer: null }
  /** The index is damaged: it has no mark from now on. */
  readonly distrust: { readonly asked: string; readonly answer: null }
}

export type BuilderCalls = {
  readonly add: { readonly asked: Slices; readonly answer: null }
  /** The file is whole, and on the disk. */
  readonly seal: { readonly asked: Mark; readonly answer: null }
}

export interface Asked {
  readonly ticket: number
  readonly call: string
  readonly asked: unknown
}
export type Answered =
  | { readonly ticket: number; readonly answer: unknown }
  | { readonly ticket: number; readonly error: SearchErrorKind; readonly message: string }

/** The message that ends a thread. */
export const stop = 'stop'

/** In memory that both sides share: a question that is given up leaves its ticket in its slot. */
export const givenUpSlots = 1_024

export interface SharedData {
  readonly givenUp: SharedArrayBuffer
}
