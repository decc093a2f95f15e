import { ofAny } from './assertions-of-any.ts'
import { ofLists } from './assertions-of-lists.ts'
import { ofObjects } from './assertions-of-objects.ts'
import { ofScalars } from './assertions-of-scalars.ts'
import type { Asked, Run } from './run.ts'

/** Whether a value is as one keyword wants it. `wanted`: the keyword's value, of the shape that `keywords` asks for. */
export type Assertion = (run: Run, asked: Asked, wanted: unknown) => boolean

export const assertions: ReadonlyMap<string, Assertion> = new Map(
  Object.entries({ ...ofAny, ...ofScalars, ...ofLists, ...ofObjects }),
)
