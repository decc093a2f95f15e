import type { JsonObject } from '../../../domain/strict-json.ts'
import type { Place } from '../place.ts'
import type { Steps } from '../steps.ts'
import type { Schema } from './keywords.ts'
import type { PreparedSchema } from './prepare-schema.ts'

/** What a keyword is asked about. */
export interface Asked {
  readonly schema: JsonObject
  readonly value: unknown
  readonly at: Place
  /** Whether somebody is to hear what is wrong; else the first thing is enough. */
  readonly told: boolean
}

/** One question: does this value fit this schema? */
export interface Run {
  readonly prepared: PreparedSchema
  readonly steps: Steps
  fits(schema: Schema, value: unknown, at: Place, told: boolean): boolean
  /** Always false, which a keyword that tells something can answer with. */
  tell(at: Place, reason: string): false
}

/** Whether a value is as one keyword wants it. `wanted`: the keyword's value, of the shape that `keywords` asks for. */
export type Assertion = (run: Run, asked: Asked, wanted: unknown) => boolean
