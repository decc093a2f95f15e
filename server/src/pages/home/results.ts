import { sortNames } from '../../api/search/read-search.ts'
import type { SearchResult } from '../../boot/registry.ts'
import { html, type Markup } from '../shared/html.ts'
import { page } from '../shared/layout.ts'
import { titleOfChoice } from './choice-titles.ts'
import { chosenLinks, facetGroups, facetLinks } from './facet-links.ts'
import { counted, hitRow } from './hit.ts'
import { linkTo, type Question, type SortName } from './read-question.ts'
import { searchForm } from './search-form.ts'
import { firstShown, pageOf, shownOf, turning } from './turning.ts'

const sortTitles: Readonly<Record<SortName, string>> = {
  relevance: 'Best match',
  downloads: 'Most downloaded',
  stars: 'Most stars',
  created: 'Newest',
  updated: 'Last changed',
  name: 'Name',
}

const longestTitle = 80

/** What was found, and how to find more or less. */
export function resultsPage(question: Question, result: SearchResult, visitor: Markup | string): string {
  const { hits, total } = result
  const groups = facetGroups(question, result.facets)
  const skip = groups.length === 0 ? '' : html`<a class="skip" href="#narrow">Skip to the filters</a>\n`
  return page(
    `${titleOf(question)}${pageOf(question)}: ${counted(total, 'artifact')} · Lading`,
    html`${skip}<h1>${heading(question)}</h1>
<p class="count" role="status" aria-live="polite">${shownOf(question, result)}</p>
${chosenLinks(question)}
${notes(question, result)}
${hits.length === 0 ? nothing(question, total) : sortLinks(question, groups.length > 0)}
<div class="found">${hits.length === 0 ? '' : list(question, result)}
${facetLinks(question, groups)}</div>`,
    html`${visitor}${searchForm(question)}`,
  )
}

function list(question: Question, { hits, next }: SearchResult): Markup {
  const first = firstShown(question) ?? 1
  return html`<section aria-labelledby="found-title">
<h2 class="unseen" id="found-title">What was found</h2>
<ol class="list sheet"${first === 1 ? '' : html` start="${first}"`}>${hits.map(hitRow)}
</ol>
${turning(question, next)}</section>`
}

/** A question that cannot be answered: why, and the question, to be changed. */
export function unansweredPage(question: Question, why: string, search: Markup | undefined): string {
  return page(
    `${titleOf(question)} · Lading`,
    html`<h1>${heading(question)}</h1>
<div class="sheet empty"><p role="alert">${why}</p></div>
${chosenLinks(question)}
<nav aria-label="Pages"><a href="/">To the start</a></nav>`,
    search,
  )
}

function titleOf(question: Question): string {
  const words = question.text.trim()
  return words === '' ? narrowed(question) : `Search for “${cut(words)}”`
}

function heading(question: Question): Markup | string {
  const words = question.text.trim()
  return words === '' ? narrowed(question) : html`Search for “<bdi>${cut(words)}</bdi>”`
}

/** Of a question without words. */
function narrowed({ chosen }: Question): string {
  if (chosen.length === 0) return 'Everything'
  return cut(chosen.map(({ name, value }) => `${titleOfChoice(name)}: ${value}`).join(', '))
}

function cut(words: string): string {
  return words.length > longestTitle ? `${words.slice(0, longestTitle - 1).toWellFormed()}…` : words
}

function notes(question: Question, { relaxed, suggestion, degraded, hits }: SearchResult): Markup {
  const meant =
    suggestion === undefined
      ? ''
      : html`<p>Did you mean <a href="${linkTo(question, { text: suggestion })}" dir="auto">${suggestion}</a>?</p>`
  const how = hits.length === 0 ? '' : relaxedNote(relaxed)
  const spare = degraded
    ? html`<p class="warned">The search engine does not answer at present. What you see is from the registry’s own index.</p>`
    : ''
  return html`${spare}${meant}${how}`
}

function relaxedNote(relaxed: SearchResult['relaxed']): Markup | string {
  switch (relaxed) {
    case 'none':
      return ''
    case 'typos':
      return html`<p class="soft">Few have just these words, so what is spelt nearly so, or begins so, is here too.</p>`
    case 'any':
      return html`<p class="soft">Few have all of these words, so what has some of them is here too.</p>`
  }
}

/** @param total of all pages: one behind the last has none of them */
function nothing(question: Question, total: number): Markup {
  const { text, chosen } = question
  if (total > 0)
    return html`<div class="sheet empty"><p>This page has none of them.</p>
<p><a href="${linkTo(question, {})}" rel="first">First page</a></p></div>`
  const isNarrow = chosen.length > 0
  const advice =
    text.trim() === '' && !isNarrow
      ? 'What is pushed can be found here a moment later.'
      : 'Use fewer words or others, or the beginning of a word with a star: pad*.'
  return html`<div class="sheet empty"><p>Nothing was found.</p>
<p class="soft">${advice}</p>
${isNarrow ? html`<p><a href="${linkTo(question, { chosen: [] })}">Search without what is chosen</a></p>` : ''}
<p><a href="/">To the start</a></p></div>`
}

function sortLinks(question: Question, isNarrowing: boolean): Markup {
  const narrow = isNarrowing ? html`<a class="narrow" href="#narrow">Narrow down</a>` : ''
  // Which way it is ordered goes with what it is ordered by.
  const chosen = question.chosen.filter(({ name }) => name !== 'order')
  return html`<nav class="sorts" aria-label="Order"><ul>${sortNames.map((sort) => {
    const current = sort === question.sort ? html` aria-current="true"` : ''
    return html`
<li><a href="${linkTo(question, { chosen, sort })}"${current}>${sortTitles[sort]}</a></li>`
  })}
</ul>${narrow}</nav>`
}
