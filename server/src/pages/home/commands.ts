import type { TagOverview } from '../../boot/registry.ts'
import { html, type Markup } from '../shared/html.ts'
import type { Address } from './address.ts'
import { type ArtifactKind, kindOf } from './artifact-kind.ts'

type Tool = 'docker' | 'oras' | 'helm' | 'crane'

const titles: Readonly<Record<Tool, string>> = {
  docker: 'Docker, Podman',
  oras: 'ORAS',
  helm: 'Helm',
  crane: 'crane',
}

/** How the usual clients push and pull here, ready to be copied. */
export function commands(address: Address): Markup {
  const { host } = address
  const plain = plainFlag(address)
  return sheet(address, [
    {
      tool: 'docker',
      use: 'images',
      lines: [
        `docker pull hello-world`,
        `docker tag hello-world ${host}/demo/hello-world:v1`,
        `docker push ${host}/demo/hello-world:v1`,
        `docker pull ${host}/demo/hello-world:v1`,
      ],
    },
    {
      tool: 'oras',
      use: 'files of any type',
      lines: [
        `oras push${plain} ${host}/demo/notes:v1 notes.txt:text/plain`,
        `oras pull${plain} ${host}/demo/notes:v1`,
      ],
    },
    {
      tool: 'helm',
      use: 'charts',
      lines: [
        `helm package mychart`,
        `helm push mychart-0.1.0.tgz oci://${host}/charts${plain}`,
        `helm pull oci://${host}/charts/mychart --version 0.1.0${plain}`,
      ],
    },
    {
      tool: 'crane',
      use: 'copies from other registries',
      lines: [`crane copy busybox:latest ${host}/demo/busybox:latest`, `crane ls ${host}/demo/busybox`],
    },
  ])
}

const fitting: Readonly<Record<ArtifactKind, readonly Tool[]>> = {
  image: ['docker', 'crane'],
  index: ['docker', 'crane'],
  chart: ['helm', 'crane'],
  other: ['oras', 'crane'],
}

/** How to get one tag of a repository, with the tools that know what it is. */
export function pullCommands(address: Address, repository: string, overview: TagOverview): Markup {
  const { host } = address
  const { tag } = overview
  const plain = plainFlag(address)
  const ways: Readonly<Record<Tool, HowTo>> = {
    docker: { tool: 'docker', use: 'images', lines: [`docker pull ${host}/${repository}:${tag}`] },
    oras: {
      tool: 'oras',
      use: 'files of any type',
      lines: [`oras pull${plain} ${host}/${repository}:${tag}`],
    },
    helm: {
      tool: 'helm',
      use: 'charts',
      // A tag may have no plus sign: helm writes the version's as an underscore.
      lines: [`helm pull oci://${host}/${repository} --version ${tag.replaceAll('_', '+')}${plain}`],
    },
    crane: { tool: 'crane', use: 'the manifest', lines: [`crane manifest ${host}/${repository}:${tag}`] },
  }
  return sheet(
    address,
    fitting[kindOf(overview)].map((tool) => ways[tool]),
  )
}

interface HowTo {
  readonly tool: Tool
  readonly use: string
  readonly lines: readonly string[]
}

/** The first is open. */
function sheet(address: Address, ways: readonly HowTo[]): Markup {
  return html`<div class="sheet">${ways.map(({ tool, use, lines }, at) => {
    const all = address.wantsLogin ? [loginLine(tool, address), ...lines] : lines
    // The block scrolls sideways on a narrow screen, so the keyboard has to reach it.
    const rest = html`<summary>${titles[tool]} <span class="soft">for ${use}</span></summary>
<pre tabindex="0" role="region" aria-label="${titles[tool]} commands"><code>${all.join('\n')}</code></pre>
${tool === 'docker' ? podmanNote(address) : ''}</details>`
    return at === 0 ? html`\n<details open>${rest}` : html`\n<details>${rest}`
  })}
</div>`
}

function loginLine(tool: Tool, address: Address): string {
  const { host } = address
  const plain = plainFlag(address)
  switch (tool) {
    case 'docker':
      return `docker login ${host}`
    case 'oras':
      return `oras login${plain} ${host}`
    case 'helm':
      return `helm registry login ${host}${plain}`
    case 'crane':
      // It asks for nothing itself: the password is typed, and ended with Ctrl-D, or piped in.
      return `crane auth login ${host} -u your-name --password-stdin`
  }
}

function podmanNote({ plainHttp }: Address): Markup {
  return plainHttp
    ? html`<p class="soft">Podman takes the same words, with <code>--tls-verify=false</code> where it logs in, pushes or pulls.</p>`
    : html`<p class="soft">Podman takes the same words.</p>`
}

function plainFlag({ plainHttp }: Address): string {
  return plainHttp ? ' --plain-http' : ''
}
