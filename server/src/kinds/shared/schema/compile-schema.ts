import { Compile, Errors } from 'typebox/schema'
import { Settings } from 'typebox/system'
import type { JsonObject } from '../../../domain/strict-json.ts'
import type { Problem } from '../../kind.ts'
import { everySchema } from './held-schemas.ts'
import { problemsOf } from './problems-of.ts'
import { hasNoneTwice } from './second-ones.ts'
import { TookTooLong, withinTime } from './within-time.ts'

/** What is wrong with a value: at most so many problems, and at least one where there are some. */
export type Compiled = (value: unknown, limit: number) => readonly Problem[]

/** Of which the first are told; each has others that lead to it. */
const mostErrors = 200
/** How long one document of a kind of somebody's own may take, in ms. */
export const longestCheck = 1_000

/** `most`: how long a check may take, in ms; one by a schema of our own needs no bound. */
export function compileSchema(schema: JsonObject, most?: number): Compiled {
  const root = withoutPairs(schema)
  const validator = Compile(root)
  const problems = (value: unknown, limit: number): readonly Problem[] => {
    if (validator.Check(value)) return []
    const told = problemsOf(errorsOf(root, value), { root, value })
    return told.take(Math.max(1, limit)).toArray()
  }
  if (most === undefined) return problems
  return (value, limit) => {
    try {
      return withinTime(most, () => problems(value, limit))
    } catch (error) {
      if (error instanceof TookTooLong) return [{ path: '', reason: error.message }]
      throw error
    }
  }
}

/** How many errors there may be is a setting of the whole process, which others may have set for themselves. */
function errorsOf(root: JsonObject, value: unknown): ReturnType<typeof Errors>[1] {
  const { maxErrors } = Settings.Get()
  Settings.Set({ maxErrors: mostErrors })
  try {
    return Errors(root, value)[1]
  } finally {
    Settings.Set({ maxErrors })
  }
}

/** TypeBox compares each entry of a list with each other one; whoever sends a long list must not make it take so long. */
function withoutPairs(schema: JsonObject): JsonObject {
  const copy = structuredClone(schema)
  for (const { schema: one } of everySchema(copy)) {
    const own = one as Record<string, unknown>
    // What begins so has a meaning to TypeBox alone.
    for (const name of Object.keys(own)) if (name.startsWith('~')) delete own[name]
    if (own['uniqueItems'] === true) own['~refine'] = [{ check: hasNoneTwice, error: () => '' }]
    delete own['uniqueItems']
  }
  return copy
}
