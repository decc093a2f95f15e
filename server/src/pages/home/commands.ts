import type { Address } from './address.ts'
import { html, type Markup } from './html.ts'

/** How the usual clients push and pull here, ready to be copied. */
export function commands({ host, plainHttp }: Address): Markup {
  const plain = plainHttp ? ' --plain-http' : ''
  return html`<div class="sheet">
${client('Docker', 'images', [
  `docker pull hello-world`,
  `docker tag hello-world ${host}/demo/hello-world:v1`,
  `docker push ${host}/demo/hello-world:v1`,
  `docker pull ${host}/demo/hello-world:v1`,
])}
${client('ORAS', 'files of any type', [
  `oras push${plain} ${host}/demo/notes:v1 notes.txt:text/plain`,
  `oras pull${plain} ${host}/demo/notes:v1`,
])}
${client('Helm', 'charts', [
  `helm package mychart`,
  `helm push mychart-0.1.0.tgz oci://${host}/charts${plain}`,
  `helm pull oci://${host}/charts/mychart --version 0.1.0${plain}`,
])}
${client('crane', 'copies from other registries', [
  `crane copy busybox:latest ${host}/demo/busybox:latest`,
  `crane ls ${host}/demo/busybox`,
])}
</div>`
}

/** How to get one tag of a repository. */
export function pullCommands({ host, plainHttp }: Address, repository: string, tag: string): Markup {
  const plain = plainHttp ? ' --plain-http' : ''
  return html`<div class="sheet">
${client('Docker', 'images', [`docker pull ${host}/${repository}:${tag}`])}
${client('ORAS', 'files of any type', [`oras pull${plain} ${host}/${repository}:${tag}`])}
${client('Helm', 'charts', [`helm pull oci://${host}/${repository} --version ${tag}${plain}`])}
${client('crane', 'the manifest', [`crane manifest ${host}/${repository}:${tag}`])}
</div>`
}

// The block scrolls sideways on a narrow screen, so the keyboard has to reach it.
function client(name: string, what: string, lines: readonly string[]): Markup {
  const first = name === 'Docker'
  const rest = html`<summary>${name} <span class="soft">for ${what}</span></summary>
<pre tabindex="0" role="region" aria-label="${name} commands"><code>${lines.join('\n')}</code></pre></details>`
  return first ? html`<details open>${rest}` : html`<details>${rest}`
}
