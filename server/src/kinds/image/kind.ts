import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'

export const image: Kind = defineKind({
  name: 'image',
  about: 'A container image',
  extension: 'tar',
  sourceType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  install: ({ host, namespace, slug, version }) => [
    { what: 'docker', with: `docker pull ${host}/${namespace}/${slug}:${version}` },
  ],
})
