import type { JsonObject } from '../../domain/strict-json.ts'
import { defineKind, fileOf } from '../define-kind.ts'
import type { Kind, Problem } from '../kind.ts'
import { closed, name, names, references } from '../schemas.ts'
import { typescriptFacts } from '../shared/source/typescript-facts.ts'

export const moduleKind: Kind = defineKind({
  name: 'module',
  about: 'Declarations that belong together and are imported from one place',
  schema: (t) =>
    closed(t, {
      /** The file that an import of the module reads, by its path within it. */
      main: name(t),
      exports: names(t),
      imports: references(t),
      peers: references(t),
      extends: references(t),
      implements: references(t),
      tags: names(t),
    }),
  fileName: fileOf('ts'),
  checks: mainProblems,
  needs: { imports: 'import', peers: 'peer', extends: 'extends', implements: 'implements' },
  topics: ['tags'],
  sourceFacts: typescriptFacts,
})

function mainProblems({ main }: JsonObject): readonly Problem[] {
  if (typeof main !== 'string') return []
  const leaves = /^(?:\/|[a-z]:)/i.test(main) || main.split(/[/\\]/).includes('..')
  return leaves ? [{ path: '/main', reason: 'it leaves the module: write a path within it' }] : []
}
