import type { SearchResult } from '../../boot/registry.ts'
import { facetKey } from '../../ports/search/search.ts'
import { html, type Markup } from './html.ts'
import { choosing, type Question, type ShownFacet, shownFacets } from './read-question.ts'

const titles: Readonly<Record<ShownFacet, string>> = {
  kind: 'Kind',
  license: 'License',
  topic: 'Topic',
  language: 'Language',
}

/** What is chosen, each with a link that takes it away. */
export function chosenLinks(question: Question): Markup | string {
  const chosen = shownFacets.flatMap((facet) =>
    (question.chosen[facet] ?? []).map((value) => ({ facet, value })),
  )
  if (chosen.length === 0) return ''
  return html`<ul class="chosen" aria-label="Chosen">${chosen.map(({ facet, value }) => {
    const rest = (question.chosen[facet] ?? []).filter((other) => other !== value)
    return html`
<li><a href="${choosing(question, facet, rest)}"><span class="unseen">Remove </span>${titles[facet]}: <bdi>${value}</bdi> <span aria-hidden="true">×</span></a></li>`
  })}
</ul>`
}

/** Values that others of what was found have, each with how many there are of it: so many its link shows. */
export function facetLinks(question: Question, facets: SearchResult['facets']): Markup | string {
  const groups = shownFacets.flatMap((facet) => {
    const isChosen = (label: string): boolean =>
      (question.chosen[facet] ?? []).some((value) => facetKey(value) === facetKey(label))
    const values = (facets[facet] ?? []).filter(({ value }) => !isChosen(value))
    return values.length === 0 ? [] : [{ facet, values }]
  })
  if (groups.length === 0) return ''
  return html`<nav class="facets" id="narrow" aria-labelledby="narrow-title">
<h2 id="narrow-title">Narrow down</h2>
${groups.map(
  ({ facet, values }) => html`<h3>${titles[facet]}</h3>
<ul>${values.map(
    ({ value, count }) => html`
<li><a href="${choosing(question, facet, [value])}"><bdi>${value}</bdi></a> <span class="soft">${count}</span></li>`,
  )}
</ul>
`,
)}</nav>`
}
