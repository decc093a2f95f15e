import type { SearchResult } from '../../boot/registry.ts'
import { chosenLinks, facetLinks } from './facet-links.ts'
import { counted, hitRow } from './hit.ts'
import { html, type Markup } from './html.ts'
import { page } from './layout.ts'
import { linkTo, type Question, type ShownSort, shownSorts } from './read-question.ts'
import { searchForm } from './search-form.ts'

const sortTitles: Readonly<Record<ShownSort, string>> = {
  relevance: 'Best match',
  downloads: 'Most downloaded',
  stars: 'Most stars',
  updated: 'Newest',
  name: 'Name',
}

const longestTitle = 80

/** What was found, and how to find more or less. */
export function resultsPage(question: Question, result: SearchResult): string {
  const { hits, total, facets } = result
  return page(
    `${titleOf(question)}: ${counted(total, 'artifact')} · Lading`,
    html`<h1>${heading(question)}</h1>
<p class="count" role="status" aria-live="polite">${counted(total, 'artifact')}${question.after === undefined ? '' : ', continued'}</p>
${chosenLinks(question)}
${notes(question, result)}
${hits.length === 0 ? nothing(question) : sortLinks(question)}
<div class="found">${hits.length === 0 ? '' : list(question, result)}
${facetLinks(question, facets)}</div>`,
    searchForm(question),
  )
}

function list(question: Question, { hits, next }: SearchResult): Markup {
  return html`<section aria-labelledby="found-title">
<h2 class="unseen" id="found-title">What was found</h2>
<ol class="list sheet">${hits.map(hitRow)}
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
  const words = shownWords(question)
  return words === '' ? 'Everything' : `Search for “${words}”`
}

function heading(question: Question): Markup | string {
  const words = shownWords(question)
  return words === '' ? 'Everything' : html`Search for “<bdi>${words}</bdi>”`
}

function shownWords({ text }: Question): string {
  const words = text.trim()
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
      return html`<p class="soft">Few have just these words, so what is spelt nearly so is here too.</p>`
    case 'any':
      return html`<p class="soft">Few have all of these words, so what has some of them is here too.</p>`
  }
}

function nothing(question: Question): Markup {
  const { text, chosen } = question
  const isNarrow = Object.keys(chosen).length > 0
  const advice =
    text.trim() === '' && !isNarrow
      ? 'What is pushed can be found here a moment later.'
      : 'Use fewer words or others, or the beginning of a word with a star: pad*.'
  return html`<div class="sheet empty"><p>Nothing was found.</p>
<p class="soft">${advice}</p>
${isNarrow ? html`<p><a href="${linkTo(question, { chosen: {} })}">Search without what is chosen</a></p>` : ''}
<p><a href="/">To the start</a></p></div>`
}

function sortLinks(question: Question): Markup {
  return html`<nav class="sorts" aria-label="Order"><ul>${shownSorts.map((sort) => {
    const current = sort === question.sort ? html` aria-current="true"` : ''
    return html`
<li><a href="${linkTo(question, { sort })}"${current}>${sortTitles[sort]}</a></li>`
  })}
</ul><a class="narrow" href="#narrow">Narrow down</a></nav>`
}

function turning(question: Question, next: string | undefined): Markup | string {
  const { after } = question
  if (after === undefined && next === undefined) return ''
  const back = after === undefined ? '' : html`<a href="${linkTo(question, {})}" rel="first">First page</a>`
  const on =
    next === undefined ? '' : html` <a href="${linkTo(question, { after: next })}" rel="next">Next page</a>`
  return html`<nav aria-label="Pages">${back}${on}</nav>`
}
