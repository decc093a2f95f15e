import { defineKind, fileOf } from '../define-kind.ts'
import type { Kind } from '../kind.ts'

export const file: Kind = defineKind({
  name: 'file',
  about: 'Any files, as OCI clients push them',
  fileName: fileOf('bin'),
  sourceType: 'application/octet-stream',
})
