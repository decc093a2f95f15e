import Type from 'typebox'
import { isJsonObject, type JsonObject } from '../../domain/strict-json.ts'
import { defineKind } from '../define-kind.ts'
import type { Kind, Problem } from '../kind.ts'
import { closed, name, optional, reference, references } from '../schemas.ts'

const mergeModes = [
  'Primary',
  'Consensus',
  'Majority',
  'Dissent',
  'Compare',
  'Append',
  'Debate',
  'Chain',
  'Vote',
  'Weighted',
  'RoundRobin',
  'Random',
]

export const team: Kind = defineKind({
  name: 'team',
  about: 'Personas that work together, and how their answers become one',
  schema: closed({
    members: references,
    primary: optional(reference),
    merge: optional(Type.Union(mergeModes.map((mode) => Type.Literal(mode)))),
    quorum: optional(closed({ required: Type.Integer({ minimum: 1 }), total: Type.Integer({ minimum: 1 }) })),
    conflict: optional(Type.Array(name, { maxItems: 100 })),
  }),
  extension: 'pcl',
  checks: checkTeam,
  needs: { members: 'uses', primary: 'uses' },
})

function checkTeam({ members, primary, quorum }: JsonObject): readonly Problem[] {
  const problems: Problem[] = []
  if (typeof primary === 'string' && Array.isArray(members) && !members.includes(primary))
    problems.push({ path: '/primary', reason: 'it is none of the members' })
  if (isJsonObject(quorum) && Number(quorum['required']) > Number(quorum['total']))
    problems.push({ path: '/quorum/required', reason: 'more are required than there are' })
  return problems
}
