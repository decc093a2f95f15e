import { reachedByPages } from '../../api/search/read-search.ts'
import type { SearchResult } from '../../boot/registry.ts'
import { html, type Markup } from '../shared/html.ts'
import { counted } from './hit.ts'
import { linkTo, type Question } from './read-question.ts'

/** Number of the first hit that is shown; undefined where it began after another page, which does not tell. */
export function firstShown({ after, page, pageSize }: Question): number | undefined {
  return after === undefined ? (page - 1) * pageSize + 1 : undefined
}

/** `21–40 of 80 artifacts`. */
export function shownOf(question: Question, { hits, total }: SearchResult): string {
  const all = counted(total, 'artifact')
  const first = firstShown(question)
  if (first === undefined) return `${all}, continued`
  if (hits.length === 0 || hits.length === total) return all
  const [from, to] = [first, first + hits.length - 1].map((number) => number.toLocaleString('en'))
  return `${from}–${to} of ${all}`
}

/** `, page 2`. */
export function pageOf({ after, page }: Question): string {
  if (after !== undefined) return ', continued'
  return page > 1 ? `, page ${page}` : ''
}

/** Links to the other pages. So far as pages are counted they go on by their number, since that leads back too. */
export function turning(question: Question, next: string | undefined): Markup | string {
  const { after, page, pageSize } = question
  const first = html`<a href="${linkTo(question, {})}" rel="first">First page</a> `
  const links: Markup[] = after !== undefined || page > 2 ? [first] : []
  if (after === undefined && page > 1)
    links.push(html`<a href="${linkTo(question, { page: page - 1 })}" rel="prev">Previous page</a> `)
  if (next !== undefined) {
    const isCounted = after === undefined && (page + 1) * pageSize <= reachedByPages
    const link = linkTo(question, isCounted ? { page: page + 1 } : { after: next })
    links.push(html`<a href="${link}" rel="next">Next page</a>`)
  }
  return links.length === 0 ? '' : html`<nav class="pages" aria-label="Pages">${links}</nav>`
}
