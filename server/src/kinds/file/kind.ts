import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'

export const file: Kind = defineKind({
  name: 'file',
  about: 'Any files, as OCI clients push them',
  extension: 'bin',
  sourceType: 'application/octet-stream',
  install: ({ host, namespace, slug, version }) => [
    { what: 'oras', with: `oras pull ${host}/${namespace}/${slug}:${version}` },
  ],
})
