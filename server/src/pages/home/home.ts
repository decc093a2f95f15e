import type { RepositoryOverview } from '../../boot/registry.ts'
import { html, type Markup } from '../shared/html.ts'
import { page } from '../shared/layout.ts'
import type { Address } from './address.ts'
import { commands } from './commands.ts'
import { tagRows } from './tag-rows.ts'

export interface HomeView {
  readonly address: Address
  readonly repositories: readonly RepositoryOverview[]
  /** Not the first page. */
  readonly continued: boolean
  /** The name to go on after. */
  readonly next: string | undefined
  readonly search: Markup | undefined
}

/** What this is, how to use it, and what is here. */
export function homePage({ address, repositories, continued, next, search }: HomeView): string {
  return page(
    `Lading at ${address.host}`,
    html`<h1>A registry for what your team ships</h1>
<p>Push and pull container images, charts and any other artifact with the tools you have. This registry’s address is <code class="address">${address.host}</code></p>
<h2>Push and pull</h2>
${commands(address)}
${address.plainHttp ? plainHttpNote(address) : ''}
<h2>Repositories</h2>
${repositories.length === 0 ? nothing(continued) : list(repositories)}
${turning(continued, next)}`,
    search,
  )
}

function plainHttpNote({ host }: Address): Markup {
  return html`<p class="soft">There is no TLS here. Docker takes that from its own machine; elsewhere it wants <code>${host}</code> among its <code>insecure-registries</code>.</p>`
}

function nothing(continued: boolean): Markup {
  return html`<div class="sheet empty"><p>${continued ? 'There are no more repositories.' : 'There is nothing here yet.'}</p>
<p class="soft">${continued ? '' : 'The first push makes a repository; it needs no setting up.'}</p></div>`
}

function list(repositories: readonly RepositoryOverview[]): Markup {
  return html`<ul class="list sheet">${repositories.map(
    (repository) => html`
<li><h3><a href="/r/${repository.name}">${repository.name}</a></h3>
${repository.tags.length === 0 ? html`<p class="soft none">No tags.</p>` : tagRows(repository)}
${repository.more ? html`<p class="soft"><a href="/r/${repository.name}">More tags of ${repository.name}</a></p>` : ''}</li>`,
  )}
</ul>`
}

function turning(continued: boolean, next: string | undefined): Markup | string {
  if (!continued && next === undefined) return ''
  const back = continued ? html`<a href="/" rel="first">First page</a>` : ''
  const on =
    next === undefined ? '' : html` <a href="/?last=${encodeURIComponent(next)}" rel="next">Next page</a>`
  return html`<nav aria-label="Pages">${back}${on}</nav>`
}
