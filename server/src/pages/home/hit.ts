import type { SearchResult } from '../../boot/registry.ts'
import type { Artifact } from '../../domain/artifact.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import { html, type Markup } from './html.ts'

type Hit = SearchResult['hits'][number]
type Snippet = Hit['matches'][number]

/** Of a description in which nothing was found so much is shown. */
const longestText = 200

/** One artifact that was found, and why. */
export function hitRow({ artifact, repository, matches, deprecated }: Hit): Markup {
  const { kind, slug, name, version, license, statistics, updatedAt } = artifact
  const found = new Map(matches.map((match) => [match.field, match]))
  const title = found.get('title') ?? (name === slug ? found.get('name') : undefined)
  const more = [found.get('topics'), found.get('source')].filter((match) => match !== undefined)
  const day = formatTimestamp(updatedAt)
  return html`
<li class="hit"><h3><a href="/r/${repository}" dir="auto">${title?.text === name ? marked(title) : name}</a> <span class="kind">${kind}</span></h3>
<p class="soft reference">${address(repository, slug, name === slug ? undefined : found.get('name'))}</p>
${deprecated === undefined ? '' : html`<p class="warned"><strong>Deprecated:</strong> <bdi>${deprecated}</bdi></p>`}${described(artifact, found.get('description'))}
${more.map((match) => html`<p class="soft">${match.field === 'topics' ? 'About' : 'In its source'}: <bdi>${marked(match)}</bdi></p>`)}
<p class="soft facts">${[
    ...(version === undefined ? [] : [html`<span><bdi>${version}</bdi></span> `]),
    ...(license === '' ? [] : [html`<span><bdi>${license}</bdi></span> `]),
    html`<span>${counted(statistics.downloads, 'download')}</span> `,
    ...(statistics.stars === 0 ? [] : [html`<span>${counted(statistics.stars, 'star')}</span> `]),
    html`<time datetime="${day}">${day.slice(0, 10)}</time>`,
  ]}</p></li>`
}

/** Where it is pulled from. Its last part is its slug, unless another artifact had that. */
function address(repository: string, slug: string, match: Snippet | undefined): Markup {
  if (match === undefined || !repository.endsWith(`/${slug}`)) return html`${repository}`
  return html`${repository.slice(0, -slug.length)}${marked(match)}`
}

export function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
}

function described({ description }: Artifact, match: Snippet | undefined): Markup | string {
  if (match !== undefined) return html`<p dir="auto">${marked(match)}</p>`
  if (description === '') return ''
  if (description.length <= longestText) return html`<p dir="auto">${description}</p>`
  const cut = description.slice(0, longestText).toWellFormed()
  return html`<p dir="auto">${cut.slice(0, cut.lastIndexOf(' ') + 1 || longestText)}…</p>`
}

/** A text with what was looked for in `mark`. */
function marked(snippet: Snippet | undefined): readonly (string | Markup)[] {
  if (snippet === undefined) return []
  const { text, marks } = snippet
  const parts: (string | Markup)[] = []
  let at = 0
  for (const [from, to] of marks) {
    parts.push(text.slice(at, from), html`<mark>${text.slice(from, to)}</mark>`)
    at = to
  }
  return [...parts, text.slice(at)]
}
