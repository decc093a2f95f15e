import { encodeForeignVersion } from '../../domain/foreign-name.ts'
import { type JsonObject, memberOf } from '../../domain/strict-json.ts'
import { defineKind } from '../define-kind.ts'
import { referenceProblems } from '../facts.ts'
import type { Kind, Problem } from '../kind.ts'
import { readReference } from '../reference.ts'
import { closed, count, listOf, mapOf, name, names, references, text } from '../schemas.ts'
import { shown } from '../shared/place.ts'
import { frontMatterFacts, frontMatterProblems } from './front-matter.ts'

/** What a model can be asked to keep in mind beside everything else. */
export const mostTokens = 4_000

export const skill: Kind = defineKind({
  name: 'skill',
  about: 'Something that an agent can learn to do: instructions, examples, tools',
  schema: (t) =>
    closed(t, {
      category: name(t),
      subcategories: names(t),
      complexity: t.Enum(['beginner', 'intermediate', 'advanced', 'expert']),
      proficiency: t.Enum(['beginner', 'intermediate', 'expert']),
      instructions: text(t, 100_000),
      examples: listOf(t, closed(t, { description: text(t), code: text(t, 100_000) }, ['description'])),
      items: names(t),
      tools: names(t),
      tokenCount: count(t, 0, mostTokens),
      dependencies: references(t),
      conflicts: references(t),
      bundles: references(t),
      compatibility: names(t),
      contentHash: text(t, 200),
      metadata: mapOf(t, t.Unknown()),
    }),
  /** Whoever loads skills looks for this name, in a folder called as the skill is. */
  fileName: () => 'SKILL.md',
  sourceType: 'text/markdown',
  checks: wantedAndNot,
  sourceChecks: frontMatterProblems,
  needs: { dependencies: 'uses', bundles: 'uses' },
  topics: ['category', 'subcategories'],
  sourceFacts: frontMatterFacts,
  install: ({ host, repository, slug, version }) => [
    {
      what: 'oras',
      with: `oras pull -o .agents/skills/${slug.split('/').at(-1)} ${host}/${repository}:${encodeForeignVersion(version)}`,
    },
  ],
})

function wantedAndNot(document: JsonObject): readonly Problem[] {
  const wrong = referenceProblems(document, { conflicts: 'conflicts' })
  if (wrong.length > 0) return wrong
  const needed = new Set([...targetsIn(document, 'dependencies'), ...targetsIn(document, 'bundles')])
  return targetsIn(document, 'conflicts').flatMap((target, index) =>
    needed.has(target)
      ? [{ path: `/conflicts/${index}`, reason: `${shown(target)} is needed and not wanted at once` }]
      : [],
  )
}

function targetsIn(document: JsonObject, member: string): readonly string[] {
  const texts = memberOf(document, member)
  return (Array.isArray(texts) ? texts : []).map((written) => {
    const named = readReference(String(written))
    return typeof named === 'string' ? String(written) : named.target
  })
}
