import { defineKind, fileOf } from '../define-kind.ts'
import type { Kind } from '../kind.ts'

export const chart: Kind = defineKind({
  name: 'chart',
  about: 'A Helm chart',
  fileName: fileOf('tgz'),
  sourceType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  textSource: false,
  // Helm makes the tag of the version itself.
  install: ({ host, repository, slug, version }) => [
    {
      what: 'helm',
      with: `helm install ${slug.split('/').at(-1)} oci://${host}/${repository} --version ${version}`,
    },
  ],
})
