import { defineKind } from '../define-kind.ts'
import type { Kind } from '../kind.ts'

export const chart: Kind = defineKind({
  name: 'chart',
  about: 'A Helm chart',
  extension: 'tgz',
  sourceType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  install: ({ host, namespace, slug, version }) => [
    {
      what: 'helm',
      with: `helm install ${slug.split('/').at(-1)} oci://${host}/${namespace}/${slug} --version ${version}`,
    },
  ],
})
