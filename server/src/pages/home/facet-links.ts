import type { SearchResult } from '../../boot/registry.ts'
import { type SearchFacet, searchFacets } from '../../domain/search.ts'
import { facetKey } from '../../ports/search/search.ts'
import { html, type Markup } from '../shared/html.ts'
import { titleOfChoice } from './choice-titles.ts'
import { choosing, linkTo, type Question, shownFacets } from './read-question.ts'

/** What is chosen, each with a link that takes it away. */
export function chosenLinks(question: Question): Markup | string {
  const { chosen } = question
  if (chosen.length === 0) return ''
  return html`<ul class="chosen" aria-label="Chosen">${chosen.map((choice) => {
    const rest = chosen.filter((other) => other !== choice)
    return html`
<li><a href="${linkTo(question, { chosen: rest })}"><span class="unseen">Remove </span>${titleOfChoice(choice.name)}: <bdi>${choice.value}</bdi> <span aria-hidden="true">×</span></a></li>`
  })}
</ul>`
}

export interface FacetGroup {
  readonly facet: SearchFacet
  readonly values: NonNullable<SearchResult['facets'][SearchFacet]>
}

/** Values that others of what was found have, in the order in which people narrow down. */
export function facetGroups({ chosen }: Question, facets: SearchResult['facets']): readonly FacetGroup[] {
  return [...new Set([...shownFacets, ...searchFacets])].flatMap((facet) => {
    const keys = new Set(chosen.filter(({ name }) => name === facet).map(({ value }) => facetKey(value)))
    const values = (facets[facet] ?? []).filter(({ value }) => !keys.has(facetKey(value)))
    return values.length === 0 ? [] : [{ facet, values }]
  })
}

/** Each with how many there are of it: so many its link shows. */
export function facetLinks(question: Question, groups: readonly FacetGroup[]): Markup | string {
  if (groups.length === 0) return ''
  return html`<nav class="facets" id="narrow" aria-labelledby="narrow-title">
<h2 id="narrow-title">Narrow down</h2>
${groups.map(
  ({ facet, values }) => html`<h3>${titleOfChoice(facet)}</h3>
<ul>${values.map(
    ({ value, count }) => html`
<li><a href="${choosing(question, facet, value)}"><bdi>${value}</bdi></a> <span class="soft">${count}</span></li>`,
  )}
</ul>
`,
)}</nav>`
}
