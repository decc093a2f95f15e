import Type from 'typebox'
import type { JsonObject } from '../../domain/strict-json.ts'
import { defineKind } from '../define-kind.ts'
import type { Kind, Problem } from '../kind.ts'
import { closed, name, names, optional, references, text } from '../schemas.ts'

/** What a model can be asked to keep in mind beside everything else. */
const mostTokens = 4_000

export const skill: Kind = defineKind({
  name: 'skill',
  about: 'Something that an agent can learn to do: instructions, examples, tools',
  schema: closed({
    category: optional(name),
    subcategories: optional(names),
    tools: optional(names),
    complexity: optional(
      Type.Union(['beginner', 'intermediate', 'advanced', 'expert'].map((level) => Type.Literal(level))),
    ),
    tokenCount: optional(Type.Integer({ minimum: 0 })),
    instructions: optional(text),
    examples: optional(Type.Array(closed({ description: text, code: optional(text) }), { maxItems: 200 })),
    dependencies: optional(references),
    conflicts: optional(references),
    bundles: optional(references),
    compatibility: optional(names),
  }),
  extension: 'md',
  sourceType: 'text/markdown',
  checks: checkSkill,
  needs: { dependencies: 'uses', bundles: 'uses' },
})

function checkSkill({ tokenCount, dependencies, conflicts }: JsonObject): readonly Problem[] {
  const problems: Problem[] = []
  if (Number(tokenCount ?? 0) > mostTokens)
    problems.push({ path: '/tokenCount', reason: `it is more than ${mostTokens} tokens` })
  const needed = new Set(Array.isArray(dependencies) ? dependencies : [])
  const both = (Array.isArray(conflicts) ? conflicts : []).find((one) => needed.has(one))
  if (both !== undefined)
    problems.push({ path: '/conflicts', reason: `${String(both)} is needed and not wanted at once` })
  return problems
}
