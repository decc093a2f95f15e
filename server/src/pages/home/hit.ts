import type { SearchResult } from '../../boot/registry.ts'
import type { Artifact } from '../../domain/artifact.ts'
import { formatTimestamp } from '../../domain/rfc3339.ts'
import { html, type Markup } from '../shared/html.ts'

type Hit = SearchResult['hits'][number]
type Snippet = Hit['matches'][number]

/** What a text is in which something was found that is not shown otherwise. */
const matchTitles: Readonly<Partial<Record<Snippet['field'], string>>> = {
  topics: 'Topic',
  keywords: 'Keyword',
  skills: 'Skill',
  capabilities: 'Capability',
  organization: 'Organization',
  author: 'Author',
  license: 'License',
  source: 'In its source',
}

/** Of a description in which nothing was found so much is shown. */
const longestText = 200

/** One artifact that was found, and why. */
export function hitRow({ artifact, repository, matches, deprecated, score, explanation }: Hit): Markup {
  const { kind, slug, name, version, license, statistics, updatedAt } = artifact
  const found = new Map(matches.map((match) => [match.field, match]))
  const title = found.get('title') ?? (name === slug ? found.get('name') : undefined)
  const more = matches.flatMap((match) => {
    const said = matchTitles[match.field]
    // Its address has that already.
    const isShown = match.field === 'organization' && match.text === artifact.namespace
    return said === undefined || isShown
      ? []
      : [html`<p class="soft">${said}: <bdi>${marked(match)}</bdi></p>`]
  })
  const day = formatTimestamp(updatedAt)
  return html`
<li class="hit"><h3><a href="/r/${repository}" dir="auto">${title?.text === name ? marked(title) : name}</a> <span class="kind">${kind}</span>${badges(artifact)}</h3>
<p class="soft reference">${address(repository, artifact, found)}</p>
${deprecated === undefined ? '' : html`<p class="warned"><strong>Deprecated:</strong> <bdi>${deprecated}</bdi></p>`}${described(artifact, found.get('description'))}
${more}
<p class="soft facts">${[
    ...(version === undefined ? [] : [html`<span><bdi>${version}</bdi></span> `]),
    ...(license === '' ? [] : [html`<span><bdi>${license}</bdi></span> `]),
    html`<span>${counted(statistics.downloads, 'download')}</span> `,
    ...(statistics.stars === 0 ? [] : [html`<span>${counted(statistics.stars, 'star')}</span> `]),
    html`<time datetime="${day}">${day.slice(0, 10)}</time> `,
    ...linksOf(artifact),
  ]}</p>${explanation === undefined ? '' : explained(score, explanation)}</li>`
}

/** What only its owner is shown. */
function badges({ visibility, published }: Artifact): readonly Markup[] {
  const said = [...(visibility === 'public' ? [] : [visibility]), ...(published ? [] : ['draft'])]
  return said.map((badge) => html` <span class="kind badge">${badge}</span>`)
}

/** Where it is pulled from: its namespace and its slug, unless another artifact had that. */
function address(
  repository: string,
  { namespace, slug, name }: Artifact,
  found: ReadonlyMap<Snippet['field'], Snippet>,
): Markup {
  const end = `${namespace}/${slug}`
  if (!`/${repository}`.endsWith(`/${end}`)) return html`${repository}`
  const shown = (text: string, match: Snippet | undefined): readonly (string | Markup)[] =>
    match?.text === text ? marked(match) : [text]
  const slugMatch = name === slug ? undefined : found.get('name')
  const parts = [shown(namespace, found.get('namespace')), '/', shown(slug, slugMatch)]
  return html`${repository.slice(0, -end.length)}${parts}`
}

/** Where it is developed and told of, where that is on the web: who pushes may write anything there. */
function linksOf({ repository, homepage }: Artifact): readonly Markup[] {
  return [['Source', repository] as const, ['Homepage', homepage] as const].flatMap(([title, link]) => {
    const url = URL.parse(link)
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return []
    return [html`<a href="${url.href}" rel="nofollow noopener">${title}</a> `]
  })
}

/** How its score comes about. */
function explained(score: number, told: NonNullable<Hit['explanation']>): Markup {
  const { isNamed, clauses, popularity, freshness } = told
  const words = clauses.map(({ text, score: adds }) => `${text} ${adds.toFixed(2)}`).join(' + ')
  const times = `× (1 + ${popularity.toFixed(3)} used + ${freshness.toFixed(3)} new)`
  return html`<p class="soft">Score ${score.toFixed(2)}${isNamed ? ', called so' : ''}: <bdi>${words === '' ? '1' : `(${words})`}</bdi> ${times}</p>`
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
