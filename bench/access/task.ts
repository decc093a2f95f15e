import type { RightsSizes } from './rights/made-facts.ts'

/** One measurement, made in a process of its own. */
export type Task =
  | {
      readonly do: 'create'
      readonly folder: string
      /** Without: nothing is written of who did what. */
      readonly audited: boolean
      readonly clients: number
      /** At most. */
      readonly pieces: number
      readonly seconds: number
    }
  | { readonly do: 'fill'; readonly folder: string; readonly entries: number }
  | { readonly do: 'verify'; readonly folder: string; readonly entries: number }
  | { readonly do: 'fill-rights'; readonly folder: string; readonly sizes: RightsSizes }
  | {
      readonly do: 'decide'
      readonly folder: string
      /** Of what the folder was filled with. */
      readonly sizes: RightsSizes
      readonly seconds: number
    }
  | { readonly do: 'make-account'; readonly folder: string }
  | { readonly do: 'fill-people'; readonly folder: string; readonly count: number }
  | {
      readonly do: 'login'
      readonly folder: string
      /** As many as it was filled with. */
      readonly people: number
      readonly clients: number
      /** One after the other, before clients come. */
      readonly checks: number
      readonly seconds: number
    }
  | { readonly do: 'argon2'; readonly checks: number; readonly seconds: number }

/** By the ids of a row's figures. */
export type Measurement = Readonly<Record<string, number>>
