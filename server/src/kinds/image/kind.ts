import { encodeForeignVersion } from '../../domain/foreign-name.ts'
import { defineKind, fileOf } from '../define-kind.ts'
import type { Kind } from '../kind.ts'

export const image: Kind = defineKind({
  name: 'image',
  about: 'A container image',
  fileName: fileOf('tar'),
  sourceType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  textSource: false,
  install: ({ host, repository, version }) => [
    { what: 'docker', with: `docker pull ${host}/${repository}:${encodeForeignVersion(version)}` },
  ],
})
