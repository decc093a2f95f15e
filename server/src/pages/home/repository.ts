import type { RepositoryOverview } from '../../boot/registry.ts'
import { html, type Markup } from '../shared/html.ts'
import { page } from '../shared/layout.ts'
import type { Address } from './address.ts'
import { pullCommands } from './commands.ts'
import { tagRows } from './tag-rows.ts'

/** One repository's tags and how to get them. */
export function repositoryPage(
  address: Address,
  overview: RepositoryOverview,
  search: Markup | undefined,
): string {
  const { name, tags, more } = overview
  const first = tags[0]
  return page(
    `${name} · Lading`,
    html`<h1>${name}</h1>
<p><code class="address">${address.host}/${name}</code></p>
${first === undefined ? '' : html`<h2>Pull</h2>${pullCommands(address, name, first)}`}
<h2>Tags</h2>
${
  first === undefined
    ? html`<div class="sheet empty"><p>No tags.</p></div>`
    : html`<div class="sheet"><ul class="list"><li>${tagRows(overview)}</li></ul></div>`
}
${more ? html`<p class="soft">These are the first ${tags.length}. <code>crane ls ${address.host}/${name}</code> lists them all.</p>` : ''}
<nav aria-label="Pages"><a href="/">All repositories</a></nav>`,
    search,
  )
}
