import type { Chance } from './chance.ts'
import type { SeedChoice, SeededIdentity } from './seeded-identity.ts'
import { seededNeeds } from './seeded-needs.ts'
import { capabilities, qualities, tones, topics, verbs } from './words.ts'

/** The kind's own part of a version. undefined: it has none. */
export function seededDocument(choice: SeedChoice, identity: SeededIdentity, chance: Chance): unknown {
  const { index, title } = identity
  const needs = (kind: string, count: number): readonly string[] =>
    seededNeeds(choice, { index, chance }, kind, count)
  const [, subject = '', noun = ''] = title.toLowerCase().split(' ')
  const instructions = `Whoever asks for ${subject} gets an answer that ${chance.pick(verbs)} first and concludes ${chance.pick(qualities)}.`
  switch (identity.kind) {
    case 'persona':
      return {
        role: `${subject} ${noun}`,
        tone: chance.pick(tones),
        instructions,
        extends: chance.isTrue(0.2) ? needs('persona', 1) : [],
        skills: needs('skill', chance.int(4)),
        tools: chance.some(capabilities, chance.int(3)),
      }
    case 'skill':
      return {
        category: chance.pick(topics),
        complexity: chance.pick(['beginner', 'intermediate', 'advanced', 'expert']),
        instructions,
        dependencies: chance.isTrue(0.3) ? needs('skill', 1) : [],
        tokenCount: 100 + chance.int(2000),
      }
    case 'team':
      return teamOf(needs('persona', 2 + chance.int(3)), subject, chance)
    case 'workflow':
      return workflowOf(needs('persona', 3), chance)
    case 'type':
      return {
        schema: {
          type: 'object',
          properties: { id: { type: 'string' }, [subject]: { type: 'string' }, amount: { type: 'number' } },
          required: ['id'],
        },
        extends: chance.isTrue(0.3) ? needs('type', 1) : [],
      }
    case 'interface':
      return {
        members: [
          { name: 'name', kind: 'property', type: 'string', readonly: true },
          { name: 'read', kind: 'method', parameters: [{ name: 'id', type: 'string' }], returns: 'unknown' },
        ],
        uses: needs('type', chance.int(2)),
      }
    case 'enum':
      return { values: chance.some(qualities, 5).map((name, value) => ({ name, value })) }
    case 'function':
      return {
        parameters: [{ name: 'input', type: 'string' }],
        returns: 'string',
        async: chance.isTrue(0.3),
        uses: needs('type', chance.int(3)),
      }
    case 'module':
      return { main: 'index.ts', exports: [noun, subject], imports: needs('module', chance.int(3)) }
    default:
      return undefined
  }
}

/** The first personas are on no team that could be named, and a team has a member. */
function teamOf(personas: readonly string[], subject: string, chance: Chance): unknown {
  const members = personas.length > 0 ? personas : [`persona:library/${subject}-generalist`]
  return { members, merge: chance.pick(['Consensus', 'Majority', 'Vote', 'Debate']) }
}

function workflowOf(personas: readonly string[], chance: Chance): unknown {
  const steps = chance.some(verbs, 4).map((name, at, all) => {
    const [uses, after] = [personas[at], all[at - 1]]
    return { name, ...(uses !== undefined && { uses }), ...(after !== undefined && { after: [after] }) }
  })
  return { input: 'text', output: 'text', steps, timeout: `${1 + chance.int(9)}m` }
}
