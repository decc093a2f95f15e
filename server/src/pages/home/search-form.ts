import { html, type Markup } from './html.ts'
import { type Question, shownFacets } from './read-question.ts'

/** More than that is not looked for. */
const longestText = 1_000

/** The box at the top of every page. What was chosen stays chosen when other words are looked for. */
export function searchForm(question?: Question): Markup {
  const { text = '', chosen = {}, sort = 'relevance' } = question ?? {}
  const kept = shownFacets.flatMap((facet) => (chosen[facet] ?? []).map((value) => [facet, value] as const))
  const hidden = [...kept, ...(sort === 'relevance' ? [] : [['sort', sort] as const])]
  return html`<form class="search" role="search" action="/" method="get">
<label class="unseen" for="q">Search artifacts</label>
<input id="q" type="search" name="q" value="${text}" dir="auto" accesskey="/" maxlength="${longestText}" autocomplete="off" autocapitalize="none" spellcheck="false">
${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<button type="submit">Search</button>
</form>`
}
