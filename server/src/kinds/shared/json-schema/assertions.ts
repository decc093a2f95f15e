import type { Assertion } from './assertion.ts'
import { ofAny } from './assertions-of-any.ts'
import { ofLists } from './assertions-of-lists.ts'
import { ofObjects } from './assertions-of-objects.ts'
import { ofScalars } from './assertions-of-scalars.ts'

/** By their keywords. What is not here says nothing of a value. */
export const assertions: ReadonlyMap<string, Assertion> = new Map(
  Object.entries({ ...ofAny, ...ofScalars, ...ofLists, ...ofObjects }),
)
