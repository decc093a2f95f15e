import { defineKind, fileOf } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { closed, names, references, text } from '../schemas.ts'
import { parameterList, parameterProblems } from '../shared/parameters.ts'
import { typescriptFacts } from '../shared/source/typescript-facts.ts'

export const functionKind: Kind = defineKind({
  name: 'function',
  about: 'Something that can be called: its parameters, and what it answers',
  schema: (t) =>
    closed(t, {
      parameters: parameterList(t),
      returns: text(t),
      throws: names(t),
      async: t.Boolean(),
      typeParameters: names(t),
      implements: references(t),
      uses: references(t),
    }),
  fileName: fileOf('ts'),
  checks: ({ parameters }) => parameterProblems(parameters, '/parameters'),
  needs: { implements: 'implements', uses: 'uses' },
  sourceFacts: typescriptFacts,
})
