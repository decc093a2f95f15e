import { html, type Markup } from '../shared/html.ts'
import { keptBeside, type Question } from './read-question.ts'
import { searchHelp } from './search-help.ts'

/** More than that is not looked for. */
const longestText = 1_000

/** The box at the top of every page. What was chosen stays chosen when other words are looked for. */
export function searchForm(question?: Question): Markup {
  const hidden = question === undefined ? [] : keptBeside(question)
  return html`<div class="asking"><form class="search" role="search" action="/" method="get">
<label class="unseen" for="q">Search artifacts</label>
<input id="q" type="search" name="q" value="${question?.text ?? ''}" dir="auto" accesskey="/" maxlength="${longestText}" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="Words, or kind:chart license:MIT">
${hidden.map(({ name, value }) => html`<input type="hidden" name="${name}" value="${value}">`)}<button type="submit">Search</button>
</form>
${searchHelp()}</div>`
}
