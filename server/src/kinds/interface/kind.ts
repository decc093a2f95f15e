import type { JsonObject } from '../../domain/strict-json.ts'
import { defineKind, fileOf } from '../define-kind.ts'
import type { Kind, Problem } from '../kind.ts'
import { closed, listOf, name, names, references, text } from '../schemas.ts'
import { parameterList, parameterProblems } from '../shared/parameters.ts'
import { shown } from '../shared/place.ts'
import { typescriptFacts } from '../shared/source/typescript-facts.ts'

export const interfaceKind: Kind = defineKind({
  name: 'interface',
  about: 'What something has to offer to be used as such a thing',
  schema: (t) => {
    const member = {
      name: name(t),
      kind: t.Enum(['property', 'method']),
      type: text(t),
      parameters: parameterList(t),
      returns: text(t),
      optional: t.Boolean(),
      readonly: t.Boolean(),
      about: text(t),
    }
    return closed(t, {
      members: listOf(t, closed(t, member, ['name'])),
      parameters: names(t),
      extends: references(t),
      uses: references(t),
    })
  },
  fileName: fileOf('ts'),
  checks: memberProblems,
  needs: { extends: 'extends', uses: 'uses' },
  sourceFacts: typescriptFacts,
})

function isMethod({ kind, parameters, returns }: JsonObject): boolean {
  return kind === 'method' || (kind === undefined && (parameters !== undefined || returns !== undefined))
}

/** Methods may have a name together: they are overloads. */
function memberProblems({ members }: JsonObject): readonly Problem[] {
  const seen = new Map<unknown, 'property' | 'method'>()
  return ((members as readonly JsonObject[] | undefined) ?? []).flatMap((member, index) => {
    const path = `/members/${index}`
    const form = isMethod(member) ? 'method' : 'property'
    const before = seen.get(member['name'])
    seen.set(member['name'], form)
    const problems: Problem[] = []
    if (before !== undefined && (before === 'property' || form === 'property'))
      problems.push({ path: `${path}/name`, reason: `${shown(member['name'])} is there twice` })
    if (member['kind'] === 'property' && member['parameters'] !== undefined)
      problems.push({ path: `${path}/parameters`, reason: 'a property has none; write kind: method' })
    return [...problems, ...parameterProblems(member['parameters'], `${path}/parameters`)]
  })
}
