import { defineKind, fileOf } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { closed, names, references, text, yesOrNo } from '../schemas.ts'
import { parameterList, parameterProblems } from '../shared/parameters.ts'
import { typescriptFacts } from '../shared/source/typescript-facts.ts'

export const functionKind: Kind = defineKind({
  name: 'function',
  about: 'Something that can be called: its parameters, and what it answers',
  schema: closed({
    parameters: parameterList,
    returns: text(),
    throws: names,
    async: yesOrNo,
    typeParameters: names,
    implements: references,
    uses: references,
  }),
  fileName: fileOf('ts'),
  checks: ({ parameters }) => parameterProblems(parameters, '/parameters'),
  needs: { implements: 'implements', uses: 'uses' },
  sourceFacts: typescriptFacts,
})
