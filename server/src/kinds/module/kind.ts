import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'
import { closed, name, names, optional, references } from '../schemas.ts'

export const moduleKind: Kind = defineKind({
  name: 'module',
  about: 'Declarations that belong together and are imported from one place',
  schema: closed({
    main: optional(name),
    exports: optional(names),
    imports: optional(references),
    extends: optional(references),
  }),
  extension: 'ts',
  needs: { imports: 'import', extends: 'extends' },
})
